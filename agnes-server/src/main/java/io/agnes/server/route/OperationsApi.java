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
import io.agnes.server.api.DocsPage;
import io.agnes.server.api.Endpoint;
import io.agnes.server.api.Schema;
import io.agnes.server.api.Who;
import java.util.List;

/** Describes {@link HealthRoutes}, {@link Documents}, {@link ProblemDocs} and {@code OPTIONS}. */
final class OperationsApi {
    private static final String GROUP = "Operations";

    private static final Schema SOURCE = shape("SourceState", "Whether a source could be reached the last time.")
            .field("status", word("ok", "unchecked", "unreachable", "refused"), "the state")
            .field("code", text("storage_unreachable").orNull(), "code of the failure")
            .field("checked_at", time().orNull(), "when it was asked");

    private static Schema.Shape sync(Schema.Shape shape) {
        return shape.field("sources", map("keboola", SOURCE), "sources by type")
                .field("last_good_sync_at", time().orNull(), "the end of the last run that succeeded")
                .field("last_good_sync_age_seconds", number(60).orNull(), "its age");
    }

    private static final Schema READINESS = sync(shape("Readiness", "Whether requests should be sent here.")
            .field("status", word("ok", "unavailable"), "unavailable if there is a reason")
            .field("reasons", list(text("disk_full")), "registry, disk_full, shutting_down, or quarantined: ID"));

    static final Endpoint HEALTH = Endpoint.get("/api/health", Who.PUBLIC)
            .answers(Answer.json(
                    200,
                    sync(shape("Health", "The state of the server.")
                            .field("status", word("ok", "degraded"), "degraded if registry or a source fails")
                            .field("db_schema", number(1), "version of the registry's schema; 0 if it does not answer")
                            .field("version", text("0.1.0"), "version of the server")),
                    "Always, as long as the server answers."))
            .described(GROUP, "Tells the state of registry and sources");

    static final Endpoint LIVE = Endpoint.get("/health/live", Who.PUBLIC)
            .answers(Answer.json(
                    200,
                    shape("Liveness", "The process answers.").field("status", word("ok"), "ok"),
                    "The process answers."))
            .described(GROUP, "Tells whether the process answers");

    static final Endpoint READY = Endpoint.get("/health/ready", Who.PUBLIC)
            .answers(
                    Answer.json(200, READINESS, "Requests are welcome."),
                    Answer.json(503, READINESS, "A proxy should send requests elsewhere."))
            .described(GROUP, "Tells whether requests should be sent here");

    static final Endpoint PROBLEMS = Endpoint.get("/docs/problems", Who.PUBLIC)
            .answers(Answer.content(200, "text/html; charset=utf-8", "A page that explains each problem code."))
            .described(GROUP, "Explains the problem codes");

    static final Endpoint OPENAPI =
            document("/openapi.json", Answer.JSON, "The document.", "Describes the API as OpenAPI 3.1");

    static final Endpoint DOCS =
            document("/docs", "text/html; charset=utf-8", "The page.", "Describes the API as a page");

    static final Endpoint DOCS_STYLE =
            document(DocsPage.STYLE_PATH, "text/css; charset=utf-8", "The style sheet.", "The style sheet of the page");

    static final Endpoint OPTIONS = Endpoint.of("OPTIONS", "/", Who.PUBLIC)
            .answers(CommonSchemas.done("The methods are in the header Allow.")
                    .header("Allow", "the methods of the API"))
            .described(GROUP, "Lists the methods of the API");

    static final List<Endpoint> ENDPOINTS = List.of(HEALTH, LIVE, READY, OPENAPI, DOCS, DOCS_STYLE, PROBLEMS, OPTIONS);

    private OperationsApi() {}

    private static Endpoint document(String path, String contentType, String description, String summary) {
        return Endpoint.get(path, Who.PUBLIC)
                .takes(CommonSchemas.IF_NONE_MATCH)
                .answers(
                        Answer.content(200, contentType, description).header("ETag", "entity tag of the text"),
                        Answer.empty(304, "The client has it.").header("ETag", "entity tag of the text"))
                .described(GROUP, summary);
    }
}
