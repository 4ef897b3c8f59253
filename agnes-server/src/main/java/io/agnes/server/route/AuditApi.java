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

/** Describes {@link AuditRoutes}. */
final class AuditApi {
    private static final String GROUP = "Audit";
    private static final String HASH = "f".repeat(64);

    private static final Schema RECORD = shape("AuditRecord", "What was done or refused, and its place in the chain.")
            .field("sequence", number(17), "its number, from 1 on")
            .field("process", text("0a1b2c3d"), "the process that wrote it; empty if an older program did")
            .field("at", time(), "when it happened")
            .field("actor", text("ada"), "the user, or the part of the program; empty if nobody is known")
            .field("token_id", text("0123456789abcdef"), "the token that was used; empty if there was none")
            .field("address", text("192.0.2.7"), "the network address of the client; empty within the program")
            .field("request_id", text("0123456789abcdef"), "X-Request-Id of the answer; empty within the program")
            .field("action", text("granted"), "what was done or asked for")
            .field("object", text("readers orders"), "what it was done to")
            .field("result", word("ok", "refused", "failed"), "how it ended")
            .field("code", text("forbidden"), "the problem code; empty if it was done")
            .field("count", number(1), "how many events alike the record stands for")
            .field("previous", text(HASH), "the hash of the record before")
            .field("hash", text(HASH), "SHA-256 of the other fields");

    static final Endpoint AUDIT = Endpoint.get("/api/admin/audit", Who.ADMIN)
            .takes(
                    Parameter.query("after", number(0), "the sequence behind which the records begin; 0 if missing"),
                    Parameter.query("limit", number(100), "records in the answer, 1 to 1000; 100 if it is missing"))
            .answers(Answer.json(
                    200,
                    shape("AuditRecords", "Records of the audit, the oldest first.")
                            .field("records", list(RECORD), "the records")
                            .field(
                                    "next_after",
                                    number(117).orNull(),
                                    "asks for the records behind; null after the last")
                            .field("head", text("17:" + HASH), "sequence and hash of the last record of all"),
                    "Records of the audit, the oldest first."))
            .refuses(ProblemCode.VALIDATION_FAILED)
            .described(GROUP, "Lists the records of the audit, the oldest first");

    private static final Schema DOWNLOAD = shape("DownloadCount", "How often a user got a table on a day.")
            .field("day", text("2026-03-04"), "the day, in UTC")
            .field("user", text("anna"), "the user")
            .field("table_id", text(CommonSchemas.ID), "the table")
            .field("downloads", number(3), "answers with bytes of the table, each range counted")
            .field("checks", number(5), "decisions for a proxy that sends the bytes itself");

    static final Endpoint DOWNLOADS = Endpoint.get("/api/admin/downloads", Who.ADMIN)
            .takes(
                    Parameter.query("after", text("2026-03-04/anna/orders"), "next_after of the answer before"),
                    Parameter.query("limit", number(1000), "counts in the answer, 1 to 1000; 1000 if it is missing"))
            .answers(Answer.json(
                    200,
                    shape("DownloadCounts", "Downloads by day, user and table.")
                            .field("downloads", list(DOWNLOAD), "the counts")
                            .field(
                                    "next_after",
                                    text("2026-03-04/anna/orders").orNull(),
                                    "asks for the counts behind; null after the last"),
                    "Downloads by day, user and table."))
            .refuses(ProblemCode.VALIDATION_FAILED)
            .described(GROUP, "Counts downloads by day, user and table");

    static final List<Endpoint> ENDPOINTS = List.of(AUDIT, DOWNLOADS);

    private AuditApi() {}
}
