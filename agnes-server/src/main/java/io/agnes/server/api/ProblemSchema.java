// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.api;

import static io.agnes.server.api.Schema.list;
import static io.agnes.server.api.Schema.number;
import static io.agnes.server.api.Schema.shape;
import static io.agnes.server.api.Schema.text;
import static io.agnes.server.api.Schema.time;

/** The shape of every problem. */
public final class ProblemSchema {
    /** The content type of problems. */
    public static final String CONTENT_TYPE = "application/problem+json";

    /** The fields of RFC 9457, the code, and the members of single codes. */
    public static final Schema.Shape PROBLEM = shape("Problem", "Why a request was refused (RFC 9457).")
            .field("type", text("/docs/problems#forbidden"), "address of the explanation")
            .field("title", text("Not allowed"), "the code in words")
            .field("status", number(403), "the status of the answer")
            .field("detail", text("This needs the scope admin."), "one sentence for a person")
            .field("instance", text("0123456789abcdef"), "the id of the request, as in X-Request-Id and the log")
            .field("code", text("forbidden"), "stable word for programs")
            .optional(
                    "errors",
                    list(shape("FieldError", "A field of the body that is wrong.")
                            .field("field", text("name"), "its name")
                            .field("reason", text("is missing"), "what is wrong with it")),
                    "validation_failed: each wrong field")
            .optional("unknown", list(text("in.c-crm.ordres")), "validation_failed: tables that are not registered")
            .optional(
                    "source_code", text("storage_unreachable"), "validation_failed, source_failed: code of the source")
            .optional("run_id", text("0123456789abcdef"), "sync_already_in_progress, already_running: the run at work")
            .optional("started_at", time(), "sync_already_in_progress, already_running: when it started")
            .optional("reason", text("metadata_refresh"), "already_running: what is at work")
            .optional("hint", text("It ends by itself."), "already_running: what the caller can do")
            .optional("field", text("name"), "table_exists: the field that is taken")
            .optional("table_id", text("in.c-crm.orders"), "table_exists: the table that has it");

    private ProblemSchema() {}
}
