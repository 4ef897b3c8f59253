// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import static io.agnes.server.api.Schema.flag;
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

/** Describes {@link RegistryRoutes}. */
final class RegistryApi {
    private static final String GROUP = "Registry";
    private static final Schema QUERY_MODE = word("local", "materialized", "remote");
    private static final Schema SCHEDULE = text("daily 06:00").orNull();
    private static final Schema COLUMN_TYPES = word("auto", "as_is").orNull();
    private static final Schema EMPTY_AS_NULL = word("auto", "never").orNull();
    private static final Schema SOURCE_QUERY = text("SELECT * FROM orders").orNull();
    private static final Schema KEYS = list(text("order_id"));

    private static final Schema.Shape TABLE = shape("Table", "A registered table.")
            .field("id", text(CommonSchemas.ID), "the id")
            .field("name", text("Orders"), "a unique name")
            .field("description", text("Orders since 2020"), "a description; may be empty")
            .field("folder", text("sales"), "a folder for people; may be empty")
            .field("source_type", text("keboola"), "type of the source")
            .field("bucket", text("in.c-crm"), "bucket at the source; may be empty")
            .field("source_table", text("orders"), "table at the source; may be empty")
            .field("source_query", SOURCE_QUERY, "the query of a materialized table")
            .field("query_mode", QUERY_MODE, "how the table is read")
            .field("schedule", SCHEDULE, "when it is synced; null for never by itself")
            .field("column_types", COLUMN_TYPES, "how types are chosen; null for the setting of the source")
            .field("empty_as_null", EMPTY_AS_NULL, "whether empty texts are null; null for the setting of the source")
            .field("allow_empty", flag(false), "whether a table without rows may be published")
            .field("primary_key", KEYS, "columns of the primary key")
            .field("profile", flag(false), "whether versions are profiled")
            .field("registered_by", text("ada"), "the user who registered it")
            .field("registered_at", time(), "when it was registered")
            .field("updated_at", time(), "when it was last changed")
            .field("revision", number(1), "grows with each change; the ETag is this number in quotes");

    /** The fields that registering and changing take alike. */
    private static Schema.Shape settable(Schema.Shape shape) {
        return shape.optional("bucket", text("in.c-crm").orNull(), "bucket at the source")
                .optional("source_table", text("orders").orNull(), "table at the source")
                .optional("name", text("Orders").orNull(), "a unique name; the id if it is missing")
                .optional("description", text("Orders since 2020").orNull(), "a description")
                .optional("folder", text("sales").orNull(), "a folder for people")
                .optional("source_query", SOURCE_QUERY, "the query of a materialized table")
                .optional("query_mode", QUERY_MODE.orNull(), "how the table is read")
                .optional("schedule", SCHEDULE, "every 15m, daily 06:00, or cron and five fields; in UTC")
                .optional("column_types", COLUMN_TYPES, "how types are chosen")
                .optional("empty_as_null", EMPTY_AS_NULL, "whether empty texts are null")
                .optional("allow_empty", flag(false).orNull(), "whether a table without rows may be published")
                .optional("primary_key", KEYS.orNull(), "columns of the primary key")
                .optional("profile", flag(false).orNull(), "whether versions are profiled");
    }

    private static final Parameter CHECK =
            Parameter.query("check", flag(true), "whether the source is asked first; true if it is missing");
    private static final Parameter DRY_RUN =
            Parameter.query("dry_run", flag(false), "true only tells what would be done; false if it is missing");
    private static final Parameter IF_MATCH = Parameter.header(
            "If-Match", "\"1\"", "the ETag of the table as the client knows it; 412 if it has changed");

    static final Endpoint ALL = Endpoint.get("/api/admin/registry", Who.ADMIN)
            .answers(Answer.json(
                    200,
                    shape("Registry", "Every registered table.").field("tables", list(TABLE), "the tables"),
                    "Every registered table."))
            .described(GROUP, "Lists every registered table");

    static final Endpoint ONE = Endpoint.get("/api/admin/registry/{id}", Who.ADMIN)
            .takes(CommonSchemas.TABLE)
            .answers(table(200, "The table."))
            .refuses(ProblemCode.TABLE_ID_INVALID, ProblemCode.TABLE_NOT_FOUND)
            .described(GROUP, "Shows a registered table");

    static final Endpoint REGISTER = Endpoint.post("/api/admin/register-table", Who.ADMIN)
            .takes(DRY_RUN, CHECK)
            .body(settable(shape("NewTable", "A table to register.")
                    .field("source_type", text("keboola"), "type of the source")
                    .optional("id", text(CommonSchemas.ID).orNull(), "the id; bucket.source_table if it is missing")))
            .answers(table(201, "The table is registered."), table(200, "With dry_run: it would be registered."))
            .refuses(ProblemCode.TABLE_EXISTS, ProblemCode.SOURCE_FAILED)
            .described(GROUP, "Registers a table");

    static final Endpoint CHANGE = Endpoint.put("/api/admin/registry/{id}", Who.ADMIN)
            .takes(CommonSchemas.TABLE, IF_MATCH, CHECK)
            .body(settable(shape("TableChange", "The fields to change; null empties one that may be empty.")
                    .optional("source_type", text("keboola").orNull(), "type of the source")))
            .answers(table(200, "The table as it is now."))
            .refuses(
                    ProblemCode.TABLE_ID_INVALID,
                    ProblemCode.TABLE_NOT_FOUND,
                    ProblemCode.TABLE_EXISTS,
                    ProblemCode.PRECONDITION_FAILED,
                    ProblemCode.SOURCE_FAILED)
            .described(GROUP, "Changes the fields of a table that are sent");

    static final Endpoint REMOVE = Endpoint.delete("/api/admin/registry/{id}", Who.ADMIN)
            .takes(CommonSchemas.TABLE, IF_MATCH)
            .answers(CommonSchemas.done("The table is removed, with its versions, state and grants."))
            .refuses(ProblemCode.TABLE_ID_INVALID, ProblemCode.TABLE_NOT_FOUND, ProblemCode.PRECONDITION_FAILED)
            .described(GROUP, "Removes a table with its versions and grants");

    private static final Schema DISCOVERY = shape("DiscoveryResult", "What a discovery found.")
            .field("registered", list(text(CommonSchemas.ID)), "tables that were registered")
            .optional("would_register", list(text(CommonSchemas.ID)), "with dry_run: tables that would be")
            .field("skipped", list(text(CommonSchemas.ID)), "tables that are registered already")
            .field(
                    "errors",
                    list(shape("DiscoveryError", "A table, or a whole source, that could not be registered.")
                            .optional("bucket", text("in.c-crm"), "bucket at the source")
                            .optional("source_table", text("orders"), "table at the source")
                            .optional("source_type", text("keboola"), "the source, if it failed as a whole")
                            .field("code", text("collision"), "code of the failure")
                            .field(
                                    "message",
                                    text("has the same name as in.c-crm.orders"),
                                    "the failure in a sentence")),
                    "what could not be registered")
            .field(
                    "drift",
                    list(shape("Drift", "A registered table that differs from what was found.")
                            .field("table_id", text(CommonSchemas.ID), "the registered table")
                            .field("drift_kind", word("same_id_diff_coords", "name_collision"), "what differs")
                            .field("discovery", place("DiscoveredPlace"), "as found")
                            .field(
                                    "registry",
                                    place("RegisteredPlace")
                                            .field("id", text(CommonSchemas.ID), "the registered table"),
                                    "as registered")),
                    "tables that differ")
            .field(
                    "invalid",
                    list(place("InvalidTable").field("reason", text("is no table id"), "why it cannot be registered")),
                    "tables that cannot be registered");

    static final Endpoint DISCOVER = Endpoint.post("/api/admin/discover-and-register", Who.ADMIN)
            .takes(DRY_RUN)
            .answers(Answer.json(200, DISCOVERY, "What was registered, skipped and why."))
            .refuses(ProblemCode.VALIDATION_FAILED)
            .described(GROUP, "Registers the tables that the sources list");

    static final List<Endpoint> ENDPOINTS = List.of(ALL, ONE, REGISTER, CHANGE, REMOVE, DISCOVER);

    private RegistryApi() {}

    private static Schema.Shape place(String name) {
        return shape(name, "A table at its source.")
                .field("bucket", text("in.c-crm"), "bucket at the source")
                .field("source_table", text("orders"), "table at the source");
    }

    private static Answer table(int status, String description) {
        return Answer.json(status, TABLE, description).header("ETag", "the revision of the table, for If-Match");
    }
}
