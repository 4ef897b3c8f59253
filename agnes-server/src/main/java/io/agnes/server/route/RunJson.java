// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.core.TableId;
import io.agnes.core.sync.SyncRun;
import io.agnes.core.sync.TableProgress;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.List;
import java.util.Map;

/** The JSON of runs. */
final class RunJson {
    private RunJson() {}

    static JsonObjectBuilder of(SyncRun run) {
        JsonObjectBuilder tables = Json.createObjectBuilder();
        run.outcomes().forEach((table, outcome) -> tables.add(table.value(), OutcomeJson.of(outcome)));
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("run_id", run.id().value())
                .add("status", run.status().text())
                .add("started_by", run.startedBy())
                .add("started_at", run.startedAt().toString());
        if (run.finishedAt() == null) {
            json.addNull("finished_at");
        } else {
            json.add("finished_at", run.finishedAt().toString());
        }
        json.add(
                "targets",
                run.targets().isEmpty()
                        ? Json.createValue("all")
                        : ids(run.targets()).build());
        return json.add("tables", tables);
    }

    static JsonObjectBuilder progress(Map<TableId, TableProgress> tables) {
        JsonObjectBuilder json = Json.createObjectBuilder();
        tables.forEach((table, now) -> json.add(table.value(), progress(now)));
        return json;
    }

    private static JsonObjectBuilder progress(TableProgress now) {
        return Json.createObjectBuilder()
                .add("phase", now.phase())
                .add("bytes", now.bytes())
                .add("total_bytes", known(now.totalBytes()))
                .add("rows", known(now.rows()));
    }

    private static JsonValue known(long number) {
        return number < 0 ? JsonValue.NULL : Json.createValue(number);
    }

    static JsonArrayBuilder ids(List<TableId> tables) {
        return Json.createArrayBuilder(tables.stream().map(TableId::value).toList());
    }
}
