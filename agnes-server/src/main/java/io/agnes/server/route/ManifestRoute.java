// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.core.Sha256;
import io.agnes.core.TableId;
import io.agnes.core.Time;
import io.agnes.core.sync.RunLog;
import io.agnes.core.table.TableRecord;
import io.agnes.core.table.TableRegistry;
import io.agnes.core.table.TableVersion;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code /api/sync/manifest}: the versions that this user may download, with their digests. */
final class ManifestRoute {
    private final TableAccess access;
    private final RunLog runs;
    private final Time time;
    private final Fragments<Row> fragments = new Fragments<>(row -> field(row.entry(), row.lastError()));

    /** A table, and why its last attempt failed. */
    private record Row(TableRegistry.Entry entry, Optional<String> lastError) implements Fragments.Row {
        @Override
        public TableId id() {
            return entry.table().id();
        }
    }

    ManifestRoute(TableAccess access, RunLog runs, Time time) {
        this.access = access;
        this.runs = runs;
        this.time = time;
    }

    List<Route> routes() {
        return List.of(new Route(CatalogApi.MANIFEST, this::manifest));
    }

    /** {@code GET /api/sync/manifest}: 200, or 304 if the client has this manifest. */
    private void manifest(ServerRequest request, ServerResponse response) {
        Collection<TableRegistry.Entry> visible = access.visible(Requests.identity(request));
        Map<TableId, String> errors = runs.lastErrors();
        String tables = "{"
                + fragments.joined(visible.stream()
                        .map(entry -> new Row(
                                entry,
                                Optional.ofNullable(errors.get(entry.table().id())))))
                + "}";
        String etag = '"' + Sha256.hex(tables) + '"';
        response.headers().set(HeaderNames.ETAG, etag);
        response.headers().set(HeaderNames.CACHE_CONTROL, "private");
        if (new Conditions(etag, Instant.MAX).of(request.headers()) == Conditions.Verdict.NOT_MODIFIED) {
            response.status(Status.NOT_MODIFIED_304).send();
            return;
        }
        Requests.send(request, response, "{\"tables\":" + tables + ",\"server_time\":\"" + time.now() + "\"}");
    }

    /** A field of the object of tables. */
    private static String field(TableRegistry.Entry entry, Optional<String> lastError) {
        String object = Json.createObjectBuilder()
                .add(entry.table().id().value(), json(entry, lastError))
                .build()
                .toString();
        return object.substring(1, object.length() - 1);
    }

    private static JsonObjectBuilder json(TableRegistry.Entry entry, Optional<String> lastError) {
        TableRecord table = entry.table();
        JsonObjectBuilder json = Json.createObjectBuilder();
        entry.current().ifPresentOrElse(version -> describe(json, version), () -> describeNone(json));
        lastError.ifPresent(error -> json.add("last_error", error));
        return json.add("query_mode", table.queryMode().text())
                .add("source_type", table.sourceType())
                .add("freshness", freshness(entry, lastError.isPresent()));
    }

    /** A damaged file decides first, then the last attempt, whatever the age of the version. */
    static String freshness(TableRegistry.Entry entry, boolean failed) {
        if (entry.quarantined().isPresent()) {
            return "quarantined";
        }
        if (failed) {
            return "error";
        }
        return entry.current().isPresent() ? "fresh" : "never_fetched";
    }

    private static void describe(JsonObjectBuilder json, TableVersion version) {
        ContentTags.describe(json, version.digest());
        json.add("updated", version.publishedAt().toString())
                .add("size_bytes", version.digest().length())
                .add("rows", version.rows())
                .add("columns", CatalogRoutes.columns(version.columns()));
    }

    private static void describeNone(JsonObjectBuilder json) {
        json.addNull("hash")
                .addNull("sha256")
                .addNull("etag")
                .addNull("updated")
                .addNull("size_bytes")
                .addNull("rows")
                .add("columns", Json.createArrayBuilder());
    }
}
