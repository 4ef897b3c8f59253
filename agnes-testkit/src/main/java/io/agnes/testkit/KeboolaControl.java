// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@link FakeKeboola} for {@link ControlApi}, with its jobs and tables. */
final class KeboolaControl implements Controlled {
    private final FakeKeboola keboola;
    private final Map<String, Supplier<FaultPoint>> points = new LinkedHashMap<>();

    KeboolaControl(FakeKeboola keboola) {
        this.keboola = keboola;
        points.put("slice", keboola::onSlice);
        points.put("export", keboola::onExport);
        points.put("job_poll", keboola::onJobPoll);
        points.put("file_detail", keboola::onFileDetail);
        points.put("table", keboola::onTable);
        points.put("tables", keboola::onTables);
        points.put("token_verify", keboola::onTokenVerify);
        points.put("manifest", keboola::onManifest);
    }

    @Override
    public Map<String, @Nullable Object> addresses() {
        return Json.object(
                "stack_url", keboola.stackUrl().toString(),
                "token", keboola.token(),
                "storage_endpoint", keboola.storageEndpoint().toString());
    }

    @Override
    public ManualClock clock() {
        return keboola.clock();
    }

    @Override
    public List<RecordedRequest> requests() {
        return keboola.requests();
    }

    @Override
    public List<String> unconsumed() {
        return keboola.unconsumed();
    }

    @Override
    public void clearScripts() {
        keboola.clearScripts();
    }

    @Override
    public FaultPoint on(String method, String pathRegex) {
        return keboola.on(method, pathRegex);
    }

    @Override
    public Map<String, Supplier<FaultPoint>> points() {
        return points;
    }

    /** The field {@code slice} selects one position of the manifest. */
    @Override
    public @Nullable Supplier<FaultPoint> point(String name, ControlFields fields) {
        if (name.equals("slice") && fields.has("slice")) {
            int slice = fields.integer("slice");
            return () -> keboola.onSlice(slice);
        }
        return points.get(name);
    }

    @Override
    public @Nullable Response answer(String path, Request request) {
        if (path.equals("/jobs")) {
            return ControlApi.only(
                    request,
                    "POST",
                    () -> RemoteJobs.script(this, keboola::nextJobs, ControlFields.of(request.body())));
        }
        return path.startsWith("/tables/")
                ? ControlApi.only(request, "PUT", () -> table(path.substring("/tables/".length()), request))
                : null;
    }

    /** Creates a text table: {@code PUT {"columns": ["id", "name"], "rows": [["1", "Ada"], ["2", null]]}}. */
    private Response table(String id, Request request) {
        ControlFields fields = ControlFields.of(request.body());
        String[] columns = fields.list("columns").stream().map(String::valueOf).toArray(String[]::new);
        List<@Nullable String[]> rows = new ArrayList<>();
        for (Object row : fields.has("rows") ? fields.list("rows") : List.of()) {
            if (!(row instanceof List<?> cells) || cells.size() != columns.length) {
                throw ControlFields.wrong(
                        "row " + (rows.size() + 1) + ": expected a list of " + columns.length + " cells");
            }
            rows.add(cells.stream()
                    .map(cell -> cell == null ? null : String.valueOf(cell))
                    .toArray(String[]::new));
        }
        fields.requireAllRead();
        FakeTable table = keboola.table(Request.decodePath(id)).columns(columns);
        for (@Nullable String[] row : rows) {
            table.row(row);
        }
        return Response.json(200, Json.object("id", table.id(), "rows", (long) rows.size()));
    }
}
