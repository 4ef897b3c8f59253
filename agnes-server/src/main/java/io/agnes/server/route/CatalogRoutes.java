// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.core.sync.RunLog;
import io.agnes.core.table.Column;
import io.agnes.core.table.QueryMode;
import io.agnes.core.table.TableRecord;
import io.agnes.core.table.TableRegistry;
import io.agnes.core.table.TableVersion;
import io.agnes.server.api.ProblemCode;
import io.agnes.server.registry.ProfileJson;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import java.util.Collection;
import java.util.List;

/** {@code /api/v2}: the tables that a user may read, as the registry describes them. */
final class CatalogRoutes {
    private static final long MIB = 1L << 20;
    private static final long SMALL = 100 * MIB;
    private static final long MEDIUM = 1024 * MIB;
    private static final long LARGE = 10 * MEDIUM;

    private final TableAccess access;
    private final TableRegistry registry;
    private final RunLog runs;
    private final Fragments fragments = new Fragments(
            (entry, lastError) -> json(entry, lastError.isPresent()).build().toString());

    CatalogRoutes(TableAccess access, TableRegistry registry, RunLog runs) {
        this.access = access;
        this.registry = registry;
        this.runs = runs;
    }

    List<Route> routes() {
        return List.of(new Route(CatalogApi.CATALOG, this::catalog), new Route(CatalogApi.TABLE_SCHEMA, this::schema));
    }

    /** {@code GET /api/v2/catalog}: 200 with every granted table. */
    private void catalog(ServerRequest request, ServerResponse response) {
        Collection<TableRegistry.Entry> visible = access.visible(Requests.identity(request));
        Requests.send(request, response, "{\"tables\":[" + fragments.joined(visible, runs.lastErrors()) + "]}");
    }

    /** {@code GET /api/v2/tables/{id}/schema}: 200 with columns, types and profile; 403; 404 if the table has no version. */
    private void schema(ServerRequest request, ServerResponse response) {
        TableRegistry.Entry entry = access.readable(Requests.identity(request), Requests.tableId(request));
        TableVersion version = entry.current()
                .orElseThrow(() -> Problem.of(ProblemCode.NOT_PUBLISHED, "No version of this table is published yet."));
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("table_id", entry.table().id().value())
                .add("columns", columns(version.columns()));
        registry.profile(entry.table().id()).ifPresent(profile -> json.add("profile", ProfileJson.of(profile)));
        Requests.send(request, response, json.build());
    }

    private static JsonObjectBuilder json(TableRegistry.Entry entry, boolean failed) {
        TableRecord table = entry.table();
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("id", table.id().value())
                .add("name", table.name())
                .add("description", table.description())
                .add("source_type", table.sourceType())
                .add("query_mode", table.queryMode().text())
                .addNull("partition_by")
                .addNull("clustered_by")
                .add("entity_type", table.queryMode() == QueryMode.REMOTE ? "unknown" : "table")
                .add("metadata_freshness", ManifestRoute.freshness(entry, failed));
        entry.current()
                .ifPresentOrElse(
                        version -> json.add("rows", version.rows())
                                .add("size_bytes", version.digest().length())
                                .add("rough_size_hint", hint(version.digest().length()))
                                .add("columns", columns(version.columns())),
                        () -> json.addNull("rows")
                                .addNull("size_bytes")
                                .addNull("rough_size_hint")
                                .add("columns", Json.createArrayBuilder()));
        return json;
    }

    static JsonArrayBuilder columns(List<Column> columns) {
        JsonArrayBuilder array = Json.createArrayBuilder();
        columns.forEach(column ->
                array.add(Json.createObjectBuilder().add("name", column.name()).add("type", column.type())));
        return array;
    }

    private static String hint(long bytes) {
        if (bytes <= SMALL) {
            return "small";
        }
        if (bytes <= MEDIUM) {
            return "medium";
        }
        return bytes <= LARGE ? "large" : "very_large";
    }
}
