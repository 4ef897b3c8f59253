// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import static io.agnes.server.api.Schema.list;
import static io.agnes.server.api.Schema.number;
import static io.agnes.server.api.Schema.shape;
import static io.agnes.server.api.Schema.text;
import static io.agnes.server.api.Schema.time;
import static io.agnes.server.api.Schema.word;

import io.agnes.server.api.Answer;
import io.agnes.server.api.Endpoint;
import io.agnes.server.api.Parameter;
import io.agnes.server.api.ProblemCode;
import io.agnes.server.api.Schema;
import io.agnes.server.api.Who;
import java.util.List;

/** Describes {@link MetadataCacheRoutes}. */
final class MetadataCacheApi {
    private static final String GROUP = "Metadata";

    /** The kinds of tables at BigQuery. */
    private static final Schema ENTITY_TYPE = word(
                    "table", "view", "materialized_view", "external", "snapshot", "clone")
            .orNull();

    private static Schema.Shape described(String name, String description) {
        return shape(name, description)
                .field("table_id", text("sales.orders"), "the id")
                .field("refreshed_at", time().orNull(), "when BigQuery last answered; null if it never did")
                .field("rows", number(42).orNull(), "rows without those of the streaming buffer; null for a view")
                .field("size_bytes", number(1024).orNull(), "bytes before compression; null for a view")
                .field("partition_by", text("DAY(created_at)").orNull(), "how rows are divided; null if they are not")
                .field("clustered_by", list(text("customer")), "columns by which rows are ordered; may be empty")
                .field("entity_type", ENTITY_TYPE, "kind of the table; null if BigQuery never answered")
                .field(
                        "known_columns",
                        list(shape("BigQueryColumn", "A column of a table in BigQuery.")
                                .field("name", text("order_id"), "its name")
                                .field("type", text("INT64"), "its type in GoogleSQL")),
                        "columns; empty if BigQuery never answered")
                .field("error_at", time().orNull(), "when the last attempt failed; null after a success")
                .field(
                        "error_msg",
                        text("access_denied: permission bigquery.tables.get is missing")
                                .orNull(),
                        "why")
                .field(
                        "freshness",
                        word("fresh", "stale", "error", "never_fetched"),
                        "how far the values can be relied on");
    }

    static final Endpoint REFRESH = Endpoint.post("/api/admin/run-bq-metadata-refresh", Who.OPERATE)
            .answers(Answer.json(
                    200,
                    shape("MetadataRefresh", "A refresh of the metadata of all remote tables.")
                            .field("run_id", text("0123abcd"), "its id")
                            .field("started_at", time(), "when it started")
                            .field("total", number(42), "tables that were asked for")
                            .field("succeeded", number(40), "of them, whose metadata are in the cache")
                            .field("no_data", number(1), "of them, which BigQuery answered in part")
                            .field("failed", number(1), "of them, which keep the values they had")
                            .field("duration_ms", number(1200), "how long it took"),
                    "The refresh has ended."))
            .refuses(ProblemCode.ALREADY_RUNNING, ProblemCode.BIGQUERY_NOT_CONFIGURED)
            .described(GROUP, "Asks BigQuery about all remote tables, and waits for the end");

    static final Endpoint REFRESH_ONE = Endpoint.post("/api/v2/metadata-cache/refresh", Who.OPERATE)
            .takes(Parameter.query("table", text("sales.orders"), "the id of a remote table"))
            .answers(Answer.json(
                    200,
                    described("RefreshedTable", "A table after the attempt.")
                            .field("status", word("ok", "no_data", "error"), "what came of the attempt"),
                    "BigQuery was asked; status tells what came of it."))
            .refuses(
                    ProblemCode.NOT_REMOTE,
                    ProblemCode.TABLE_NOT_FOUND,
                    ProblemCode.VALIDATION_FAILED,
                    ProblemCode.BIGQUERY_NOT_CONFIGURED)
            .described(GROUP, "Asks BigQuery about one remote table");

    static final Endpoint STATUS = Endpoint.get("/api/v2/metadata-cache/status", Who.READ)
            .answers(Answer.json(
                    200,
                    shape("MetadataStatus", "What is known of the remote tables that the caller may read.")
                            .field("scheduler_interval_seconds", number(14_400), "between two refreshes; 0 for none")
                            .field("fresh_threshold_seconds", number(28_800), "age up to which metadata are fresh")
                            .field("server_time", time(), "the time of the server")
                            .field("tables", list(described("RemoteTable", "A table and its metadata.")), "the tables"),
                    "What is known of the remote tables that the caller may read."))
            .described(GROUP, "Tells what is known of remote tables, without asking BigQuery");

    static final List<Endpoint> ENDPOINTS = List.of(REFRESH, REFRESH_ONE, STATUS);

    private MetadataCacheApi() {}
}
