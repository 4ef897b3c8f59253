// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import static io.agnes.server.api.Schema.list;
import static io.agnes.server.api.Schema.map;
import static io.agnes.server.api.Schema.number;
import static io.agnes.server.api.Schema.shape;
import static io.agnes.server.api.Schema.text;
import static io.agnes.server.api.Schema.time;
import static io.agnes.server.api.Schema.word;

import io.agnes.server.api.Answer;
import io.agnes.server.api.Endpoint;
import io.agnes.server.api.ProblemCode;
import io.agnes.server.api.Schema;
import io.agnes.server.api.Who;
import java.util.List;

/** Describes {@link CatalogRoutes} and {@link ManifestRoute}. */
final class CatalogApi {
    private static final String GROUP = "Catalog";
    private static final Schema QUERY_MODE = word("local", "materialized", "remote");

    private static final Schema MANIFEST_TABLE = shape("ManifestTable", "A table and its current version.")
            .optional("hash", text("0123456789abcdef0123456789abcdef").orNull(), "MD5 of the file in hex")
            .optional("sha256", text("0123abcd").orNull(), "SHA-256 of the file in hex")
            .optional("crc32c", text("0a1b2c3d"), "CRC32C of the file in hex, where no SHA-256 is known")
            .field("etag", text("\"0123abcd\"").orNull(), "entity tag of a download")
            .field("updated", time().orNull(), "when the version was published")
            .field("size_bytes", number(1024).orNull(), "length of the file")
            .field("rows", number(42).orNull(), "rows of the version")
            .field("columns", CommonSchemas.COLUMNS, "columns of the version; empty if there is none")
            .optional("last_error", text("no space left"), "why the last attempt to sync failed")
            .field("query_mode", QUERY_MODE, "how the table is read")
            .field("source_type", text("keboola"), "type of the source")
            .field("freshness", CommonSchemas.FRESHNESS, "state of the version");

    static final Endpoint MANIFEST = Endpoint.get("/api/sync/manifest", Who.READ)
            .takes(CommonSchemas.IF_NONE_MATCH)
            .answers(
                    Answer.json(
                                    200,
                                    shape("Manifest", "The versions that the caller may download.")
                                            .field("tables", map(CommonSchemas.ID, MANIFEST_TABLE), "by id")
                                            .field("server_time", time(), "the time of the server"),
                                    "The versions that the caller may download.")
                            .header("ETag", "entity tag of the manifest"),
                    Answer.empty(304, "The client has this manifest.").header("ETag", "entity tag of the manifest"))
            .described(GROUP, "Lists the versions that the caller may download, with digests");

    private static final Schema CATALOG_TABLE = shape("CatalogTable", "A table as the registry describes it.")
            .field("id", text(CommonSchemas.ID), "the id")
            .field("name", text("Orders"), "the name")
            .field("description", text("Orders since 2020"), "a description; may be empty")
            .field("source_type", text("keboola"), "type of the source")
            .field("query_mode", QUERY_MODE, "how the table is read")
            .field(
                    "partition_by",
                    text("DAY(created_at)").orNull(),
                    "how a remote table of BigQuery is divided; null for others")
            .field(
                    "clustered_by",
                    list(text("customer")).orNull(),
                    "columns by which a remote table of BigQuery is ordered; null for others")
            .field(
                    "entity_type",
                    word("table", "view", "materialized_view", "external", "snapshot", "clone", "unknown")
                            .orNull(),
                    "kind of the table at its source; null if BigQuery never answered")
            .field(
                    "metadata_freshness",
                    word("fresh", "stale", "error", "never_fetched", "quarantined"),
                    "state of the version, or of the cached metadata of a remote table")
            .field("rows", number(42).orNull(), "rows of the current version, or of a remote table; null for a view")
            .field("size_bytes", number(1024).orNull(), "length of its file, or bytes of a remote table")
            .field(
                    "rough_size_hint",
                    word("small", "medium", "large", "very_large").orNull(),
                    "up to 100 MiB, 1 GiB, 10 GiB, or more")
            .field("columns", CommonSchemas.COLUMNS, "its columns, those of a remote table with types of BigQuery");

    static final Endpoint CATALOG = Endpoint.get("/api/v2/catalog", Who.READ)
            .answers(Answer.json(
                    200,
                    shape("Catalog", "The tables that the caller may read.")
                            .field("tables", list(CATALOG_TABLE), "the tables"),
                    "The tables that the caller may read."))
            .described(GROUP, "Lists the tables that the caller may read");

    private static final Schema PROFILE = shape("Profile", "Values of a version, measured when it was published.")
            .field("rows", number(42), "rows of the version")
            .field(
                    "columns",
                    list(shape("ProfileColumn", "Values of a column.")
                            .field("name", text("order_id"), "its name")
                            .field("nulls", number(0), "rows in which it is null")
                            .field("min", text("1").orNull(), "the least value, as text")
                            .field("max", text("42").orNull(), "the greatest value, as text")
                            .field("approximate_distinct", number(42), "about how many values differ")),
                    "the columns");

    static final Endpoint TABLE_SCHEMA = Endpoint.get("/api/v2/tables/{id}/schema", Who.READ_TABLE)
            .takes(CommonSchemas.TABLE)
            .answers(Answer.json(
                    200,
                    shape("TableSchema", "Columns of the current version of a table.")
                            .field("table_id", text(CommonSchemas.ID), "the id")
                            .field("columns", CommonSchemas.COLUMNS, "the columns")
                            .optional("profile", PROFILE, "there if the table is profiled"),
                    "Columns, types and profile."))
            .refuses(ProblemCode.TABLE_ID_INVALID, ProblemCode.NOT_PUBLISHED)
            .described(GROUP, "Tells the columns and types of a table");

    static final List<Endpoint> ENDPOINTS = List.of(MANIFEST, CATALOG, TABLE_SCHEMA);

    private CatalogApi() {}
}
