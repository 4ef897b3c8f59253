// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.bigquery.metadata.Freshness;
import io.agnes.bigquery.metadata.MetadataCache;
import io.agnes.bigquery.metadata.MetadataColumn;
import io.agnes.bigquery.metadata.MetadataRefresh;
import io.agnes.bigquery.metadata.Partitioning;
import io.agnes.bigquery.metadata.RefreshReport;
import io.agnes.bigquery.metadata.TableMetadata;
import io.agnes.bigquery.metadata.TableRefresh;
import io.agnes.core.TableId;
import io.agnes.core.Time;
import io.agnes.core.table.TableRecord;
import io.agnes.core.table.TableRegistry;
import io.agnes.server.api.ProblemCode;
import io.agnes.server.audit.Audit;
import io.agnes.server.audit.AuditAction;
import io.agnes.server.metadata.RemoteMetadata;
import io.agnes.server.metadata.RemoteTable;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Metadata of remote BigQuery tables: refresh all or one, and what is known. */
final class MetadataCacheRoutes {
    private static final String REASON = "metadata_refresh";

    private final TableAccess access;
    private final TableRegistry registry;
    private final RemoteMetadata metadata;
    private final Audit audit;
    private final Time time;

    MetadataCacheRoutes(TableAccess access, TableRegistry registry, RemoteMetadata metadata, Audit audit, Time time) {
        this.access = access;
        this.registry = registry;
        this.metadata = metadata;
        this.audit = audit;
        this.time = time;
    }

    List<Route> routes() {
        return List.of(
                new Route(MetadataCacheApi.REFRESH, this::refreshAll),
                new Route(MetadataCacheApi.REFRESH_ONE, this::refreshOne),
                new Route(MetadataCacheApi.STATUS, this::status));
    }

    /** {@code POST /api/admin/run-bq-metadata-refresh}: 200 with the counts at its end; 409 with the run at work; 503. */
    private void refreshAll(ServerRequest request, ServerResponse response) throws InterruptedException {
        switch (refresh().all()) {
            case MetadataRefresh.Outcome.Done done -> {
                RefreshReport report = done.report();
                audit.done(AuditAction.METADATA_REFRESHED, report.runId());
                Requests.send(
                        request,
                        response,
                        Json.createObjectBuilder()
                                .add("run_id", report.runId())
                                .add("started_at", report.startedAt().toString())
                                .add("total", report.total())
                                .add("succeeded", report.succeeded())
                                .add("no_data", report.noData())
                                .add("failed", report.failed())
                                .add("duration_ms", report.duration().toMillis())
                                .build());
            }
            case MetadataRefresh.Outcome.AlreadyRunning running ->
                throw Problem.of(ProblemCode.ALREADY_RUNNING, "Run " + running.runId() + " is at work.")
                        .with("reason", REASON)
                        .with("run_id", running.runId())
                        .with("started_at", running.startedAt().toString())
                        .with("hint", "It ends by itself; its values are in the cache then.");
        }
    }

    private MetadataRefresh refresh() {
        return metadata.refresh()
                .orElseThrow(() ->
                        Problem.of(ProblemCode.BIGQUERY_NOT_CONFIGURED, "This server has no settings of BigQuery."));
    }

    /** {@code POST /api/v2/metadata-cache/refresh?table=}: 200, also if BigQuery refuses; 400; 404; 422; 503. */
    private void refreshOne(ServerRequest request, ServerResponse response) throws InterruptedException {
        TableId id = request.query()
                .first("table")
                .asOptional()
                .flatMap(TableId::parse)
                .orElseThrow(() -> Problem.of(
                        ProblemCode.VALIDATION_FAILED,
                        "table must be the id of a table, which is " + TableId.GRAMMAR + "."));
        TableRecord table = registry.find(id)
                .map(TableRegistry.Entry::table)
                .orElseThrow(() -> Problem.of(ProblemCode.TABLE_NOT_FOUND, "There is no such table."));
        if (!RemoteMetadata.isRemote(table)) {
            throw Problem.of(ProblemCode.NOT_REMOTE, "Only a BigQuery table with query_mode remote has metadata.");
        }
        MetadataRefresh refresh = refresh();
        MetadataRefresh.Target target = metadata.target(table)
                .orElseThrow(() ->
                        Problem.of(ProblemCode.NOT_REMOTE, "Its bucket and source_table name no table of BigQuery."));
        TableRefresh outcome = refresh.one(target);
        audit.done(AuditAction.TABLE_METADATA_REFRESHED, id.value());
        Requests.send(
                request,
                response,
                json(id, metadata.find(id)).add("status", outcome.status()).build());
    }

    /** {@code GET /api/v2/metadata-cache/status}: 200 with the remote tables that the user may read. */
    private void status(ServerRequest request, ServerResponse response) {
        JsonArrayBuilder tables = Json.createArrayBuilder();
        for (TableRegistry.Entry entry : access.visible(Requests.identity(request))) {
            if (RemoteMetadata.isRemote(entry.table())) {
                TableId id = entry.table().id();
                tables.add(json(id, metadata.find(id)));
            }
        }
        Duration interval = metadata.interval();
        Requests.send(
                request,
                response,
                Json.createObjectBuilder()
                        .add("scheduler_interval_seconds", interval.toSeconds())
                        .add(
                                "fresh_threshold_seconds",
                                Freshness.threshold(interval).toSeconds())
                        .add("server_time", time.now().toString())
                        .add("tables", tables)
                        .build());
    }

    private static JsonObjectBuilder json(TableId id, RemoteTable table) {
        JsonObjectBuilder json = Json.createObjectBuilder().add("table_id", id.value());
        Optional<TableMetadata> known = table.known().map(MetadataCache.Known::metadata);
        add(json, "refreshed_at", table.known().map(MetadataCache.Known::refreshedAt));
        describe(json, known);
        JsonArrayBuilder columns = Json.createArrayBuilder();
        known.map(TableMetadata::columns).orElse(List.of()).forEach(column -> columns.add(column(column)));
        json.add("known_columns", columns);
        add(json, "error_at", table.failure().map(MetadataCache.Failure::at));
        table.failure()
                .ifPresentOrElse(failure -> json.add("error_msg", failure.message()), () -> json.addNull("error_msg"));
        return json.add("freshness", table.freshness().text());
    }

    /** Adds rows, bytes, division and kind of a table. */
    static void describe(JsonObjectBuilder json, Optional<TableMetadata> known) {
        add(json, "rows", known.map(TableMetadata::rows).orElse(null));
        add(json, "size_bytes", known.map(TableMetadata::bytes).orElse(null));
        known.flatMap(TableMetadata::partitioning)
                .map(Partitioning::text)
                .ifPresentOrElse(text -> json.add("partition_by", text), () -> json.addNull("partition_by"));
        JsonArrayBuilder clusters = Json.createArrayBuilder();
        known.map(TableMetadata::clusteredBy).orElse(List.of()).forEach(clusters::add);
        json.add("clustered_by", clusters);
        known.map(found -> found.entityType().name().toLowerCase(Locale.ROOT))
                .ifPresentOrElse(type -> json.add("entity_type", type), () -> json.addNull("entity_type"));
    }

    static JsonObjectBuilder column(MetadataColumn column) {
        return Json.createObjectBuilder().add("name", column.name()).add("type", column.type());
    }

    private static void add(JsonObjectBuilder json, String name, Optional<Instant> value) {
        value.ifPresentOrElse(at -> json.add(name, at.toString()), () -> json.addNull(name));
    }

    private static void add(JsonObjectBuilder json, String name, @Nullable Long value) {
        if (value == null) {
            json.addNull(name);
        } else {
            json.add(name, value);
        }
    }
}
