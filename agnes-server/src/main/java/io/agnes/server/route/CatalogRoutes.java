// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.bigquery.metadata.MetadataCache;
import io.agnes.bigquery.metadata.TableMetadata;
import io.agnes.core.TableId;
import io.agnes.core.sync.RunLog;
import io.agnes.core.table.Column;
import io.agnes.core.table.QueryMode;
import io.agnes.core.table.TableRecord;
import io.agnes.core.table.TableRegistry;
import io.agnes.core.table.TableVersion;
import io.agnes.server.api.ProblemCode;
import io.agnes.server.metadata.RemoteMetadata;
import io.agnes.server.metadata.RemoteTable;
import io.agnes.server.registry.ProfileJson;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code /api/v2}: the tables that a user may read, as the registry describes them. */
final class CatalogRoutes {
    private static final long MIB = 1L << 20;
    private static final long SMALL = 100 * MIB;
    private static final long MEDIUM = 1024 * MIB;
    private static final long LARGE = 10 * MEDIUM;

    private final TableAccess access;
    private final TableRegistry registry;
    private final RunLog runs;
    private final RemoteMetadata metadata;
    private final Fragments<Row> fragments =
            new Fragments<>(row -> json(row).build().toString());

    /**
     * What the catalog tells of a table.
     *
     * @param failed whether its last attempt to sync failed
     * @param remote its metadata, if it stays in BigQuery
     */
    private record Row(TableRegistry.Entry entry, boolean failed, Optional<RemoteTable> remote)
            implements Fragments.Row {
        @Override
        public TableId id() {
            return entry.table().id();
        }
    }

    /** @param metadata cached; BigQuery is never asked here */
    CatalogRoutes(TableAccess access, TableRegistry registry, RunLog runs, RemoteMetadata metadata) {
        this.metadata = metadata;
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
        Set<TableId> failed = runs.lastErrors().keySet();
        String tables = fragments.joined(visible.stream()
                .map(entry -> row(entry, failed.contains(entry.table().id()))));
        Requests.send(request, response, "{\"tables\":[" + tables + "]}");
    }

    private Row row(TableRegistry.Entry entry, boolean failed) {
        return new Row(
                entry,
                failed,
                RemoteMetadata.isRemote(entry.table())
                        ? Optional.of(metadata.find(entry.table().id()))
                        : Optional.empty());
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

    private static JsonObjectBuilder json(Row row) {
        TableRecord table = row.entry().table();
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("id", table.id().value())
                .add("name", table.name())
                .add("description", table.description())
                .add("source_type", table.sourceType())
                .add("query_mode", table.queryMode().text());
        row.remote().ifPresentOrElse(remote -> describe(json, remote), () -> describe(json, row));
        return json;
    }

    private static void describe(JsonObjectBuilder json, RemoteTable remote) {
        Optional<TableMetadata> known = remote.known().map(MetadataCache.Known::metadata);
        MetadataCacheRoutes.describe(json, known);
        Long bytes = known.map(TableMetadata::bytes).orElse(null);
        if (bytes == null) {
            json.addNull("rough_size_hint");
        } else {
            json.add("rough_size_hint", hint(bytes));
        }
        JsonArrayBuilder columns = Json.createArrayBuilder();
        known.map(TableMetadata::columns)
                .orElse(List.of())
                .forEach(column -> columns.add(MetadataCacheRoutes.column(column)));
        json.add("columns", columns)
                .add("metadata_freshness", remote.freshness().text());
    }

    private static void describe(JsonObjectBuilder json, Row row) {
        TableRegistry.Entry entry = row.entry();
        json.addNull("partition_by")
                .addNull("clustered_by")
                .add("entity_type", entry.table().queryMode() == QueryMode.REMOTE ? "unknown" : "table")
                .add("metadata_freshness", ManifestRoute.freshness(entry, row.failed()));
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
