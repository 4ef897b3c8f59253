// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import static io.agnes.server.api.Schema.flag;
import static io.agnes.server.api.Schema.list;
import static io.agnes.server.api.Schema.map;
import static io.agnes.server.api.Schema.number;
import static io.agnes.server.api.Schema.oneOf;
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

/** Describes {@link SyncRoutes}. */
final class SyncApi {
    private static final String GROUP = "Sync";
    private static final String RUN_ID = "0123456789abcdef";
    private static final Parameter RUN = Parameter.path("run", RUN_ID, "the id of a run");
    private static final Schema TABLE_IDS = list(text(CommonSchemas.ID));
    private static final Schema TARGETS = oneOf(word("all"), TABLE_IDS);

    private static final Schema OUTCOME = shape("TableOutcome", "What became of a table in a run.")
            .field("outcome", word("published", "unchanged", "skipped", "refused_empty", "failed"), "the outcome")
            .optional("rows", number(42), "rows of the version that was published")
            .optional("size_bytes", number(1024), "length of its file")
            .optional("notes", list(text("column a is text")), "remarks on the version")
            .optional("reason", text("cancelled"), "why the table was skipped")
            .optional("previous_rows", number(42), "rows of the version that an empty table would have replaced")
            .optional(
                    "kind",
                    word("source_passing", "source_final", "request", "limit"),
                    "who has to act after a failure")
            .optional("code", text("disk_error"), "code of the failure")
            .optional("message", text("no space left"), "the failure in one sentence");

    private static final Schema PROGRESS = shape("TableProgress", "How far a table has come.")
            .field("phase", text("download"), "what is being done")
            .field("bytes", number(512), "bytes done")
            .field("total_bytes", number(1024).orNull(), "bytes in all, if known")
            .field("rows", number(42).orNull(), "rows in all, if known");

    private static final Schema ONE_RUN = shape("Run", "A run of the sync.")
            .field("run_id", text(RUN_ID), "its id")
            .field("status", word("running", "succeeded", "partial", "failed", "cancelled", "interrupted"), "its state")
            .field("started_by", text("olga"), "the user who started it")
            .field("started_at", time(), "when it started")
            .field("finished_at", time().orNull(), "when it ended; null while it runs")
            .field("targets", TARGETS, "the tables that were asked for")
            .field("tables", map(CommonSchemas.ID, OUTCOME), "outcomes by table")
            .optional("progress", map(CommonSchemas.ID, PROGRESS), "tables at work, while it runs");

    static final Endpoint TRIGGER = Endpoint.post("/api/sync/trigger", Who.OPERATE)
            .optionalBody(oneOf(
                            TABLE_IDS,
                            shape("TriggerTables", "The tables to sync.")
                                    .optional("tables", TABLE_IDS.orNull(), "ids or names; null for all"))
                    .orNull())
            .answers(Answer.json(
                    200,
                    shape("Triggered", "A run that was started.")
                            .field("status", word("triggered", "nothing_to_do"), "nothing_to_do for an empty list")
                            .field("run_id", text(RUN_ID).orNull(), "the run; null if there is nothing to do")
                            .field("tables", TARGETS, "the tables of the run"),
                    "The run has started, or an empty list asked for nothing."))
            .refuses(ProblemCode.SYNC_ALREADY_IN_PROGRESS)
            .described(GROUP, "Starts a run");

    static final Endpoint STATUS = Endpoint.get("/api/sync/status", Who.PUBLIC)
            .answers(Answer.json(
                    200,
                    shape("SyncStatus", "Whether a run is at work.").field("locked", flag(false), "true while one is"),
                    "Whether a run is at work."))
            .described(GROUP, "Tells whether a run is at work");

    static final Endpoint RUNS = Endpoint.get("/api/sync/runs", Who.OPERATE)
            .takes(
                    Parameter.query("limit", number(50), "runs in the answer, 1 to 200; 50 if it is missing"),
                    Parameter.query("cursor", text(RUN_ID), "next_cursor of the answer before"))
            .answers(Answer.json(
                    200,
                    shape("Runs", "Runs, the newest first.")
                            .field("runs", list(ONE_RUN), "the runs")
                            .field(
                                    "next_cursor",
                                    text(RUN_ID).orNull(),
                                    "asks for the runs before; null after the last"),
                    "Runs, the newest first."))
            .refuses(ProblemCode.VALIDATION_FAILED)
            .described(GROUP, "Lists runs, the newest first");

    static final Endpoint ONE = Endpoint.get("/api/sync/runs/{run}", Who.OPERATE)
            .takes(RUN)
            .answers(Answer.json(200, ONE_RUN, "The run."))
            .refuses(ProblemCode.RUN_NOT_FOUND)
            .described(GROUP, "Tells the state of a run");

    static final Endpoint EVENTS = Endpoint.get("/api/sync/runs/{run}/events", Who.OPERATE)
            .takes(RUN, Parameter.header("Last-Event-ID", "3", "the number of the last table that the client has"))
            .answers(Answer.content(
                    200,
                    "text/event-stream",
                    "Events until the run is over: table (a TableOutcome with table_id), progress and end (a Run)."))
            .refuses(ProblemCode.RUN_NOT_FOUND, ProblemCode.TOO_MANY_LISTENERS)
            .described(GROUP, "Streams the events of a run");

    static final Endpoint CANCEL = Endpoint.delete("/api/sync/runs/{run}", Who.OPERATE)
            .takes(RUN)
            .answers(CommonSchemas.done("The run is over."))
            .refuses(ProblemCode.RUN_NOT_FOUND)
            .described(GROUP, "Cancels a run, and waits for its end");

    static final List<Endpoint> ENDPOINTS = List.of(TRIGGER, STATUS, RUNS, ONE, EVENTS, CANCEL);

    private SyncApi() {}
}
