// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.core.sync.TableOutcome;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.util.Locale;

/** The JSON of a table's outcome. */
final class OutcomeJson {
    private OutcomeJson() {}

    static JsonObjectBuilder of(TableOutcome outcome) {
        JsonObjectBuilder json = Json.createObjectBuilder().add("outcome", outcome.word());
        switch (outcome) {
            case TableOutcome.Published published ->
                json.add("rows", published.rows())
                        .add("size_bytes", published.bytes())
                        .add("notes", Json.createArrayBuilder(published.notes()));
            case TableOutcome.Unchanged unchanged -> {}
            case TableOutcome.Skipped skipped -> json.add("reason", skipped.reason());
            case TableOutcome.RefusedEmpty refused -> json.add("previous_rows", refused.previousRows());
            case TableOutcome.Failed failed ->
                json.add("kind", failed.kind().name().toLowerCase(Locale.ROOT))
                        .add("code", failed.code())
                        .add("message", failed.message());
        }
        return json;
    }
}
