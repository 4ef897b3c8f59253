// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.core.AgnesException;
import io.agnes.core.sync.Discovery;
import io.agnes.core.sync.DiscoveryPlan;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.List;

/** The JSON of a discovery. */
final class DiscoveryJson {
    private final JsonArrayBuilder registered = Json.createArrayBuilder();
    private final JsonArrayBuilder skipped = Json.createArrayBuilder();
    private final JsonArrayBuilder errors = Json.createArrayBuilder();
    private final JsonArrayBuilder drift = Json.createArrayBuilder();
    private final JsonArrayBuilder invalid = Json.createArrayBuilder();

    private DiscoveryJson() {}

    static JsonObject of(List<Discovery.Result> results, boolean dry) {
        DiscoveryJson json = new DiscoveryJson();
        for (Discovery.Result result : results) {
            switch (result) {
                case Discovery.Result.Asked asked -> {
                    json.add(asked.plan());
                    asked.registered().forEach(table -> json.registered.add(table.value()));
                }
                case Discovery.Result.Refused refused -> json.error(refused.sourceType(), refused.failure());
            }
        }
        return json.build(dry);
    }

    private void add(DiscoveryPlan plan) {
        for (DiscoveryPlan.Finding finding : plan.findings()) {
            switch (finding) {
                case DiscoveryPlan.Finding.New fresh -> {}
                case DiscoveryPlan.Finding.Match match ->
                    skipped.add(match.registered().id().value());
                case DiscoveryPlan.Finding.Drift drifted -> drift.add(drift(drifted));
                case DiscoveryPlan.Finding.Collision collision ->
                    errors.add(Json.createObjectBuilder()
                            .add("bucket", collision.discovered().bucket())
                            .add("source_table", collision.discovered().sourceTable())
                            .add("code", "collision")
                            .add(
                                    "message",
                                    "has the same " + collision.field() + " as "
                                            + collision.other().bucket() + "."
                                            + collision.other().sourceTable()));
                case DiscoveryPlan.Finding.Invalid wrong ->
                    invalid.add(Json.createObjectBuilder()
                            .add("bucket", wrong.discovered().bucket())
                            .add("source_table", wrong.discovered().sourceTable())
                            .add("reason", wrong.reason()));
            }
        }
    }

    private static JsonObjectBuilder drift(DiscoveryPlan.Finding.Drift drifted) {
        return Json.createObjectBuilder()
                .add("table_id", drifted.registered().id().value())
                .add("drift_kind", drifted.kind().text())
                .add(
                        "discovery",
                        Json.createObjectBuilder()
                                .add("bucket", drifted.discovered().bucket())
                                .add("source_table", drifted.discovered().sourceTable()))
                .add(
                        "registry",
                        Json.createObjectBuilder()
                                .add("id", drifted.registered().id().value())
                                .add("bucket", drifted.registered().bucket())
                                .add("source_table", drifted.registered().sourceTable()));
    }

    private void error(String sourceType, AgnesException e) {
        errors.add(Json.createObjectBuilder()
                .add("source_type", sourceType)
                .add("code", e.code())
                .add("message", e.getMessage()));
    }

    private JsonObject build(boolean dry) {
        JsonObjectBuilder json = Json.createObjectBuilder();
        if (dry) {
            json.add("registered", Json.createArrayBuilder()).add("would_register", registered);
        } else {
            json.add("registered", registered);
        }
        return json.add("skipped", skipped)
                .add("errors", errors)
                .add("drift", drift)
                .add("invalid", invalid)
                .build();
    }
}
