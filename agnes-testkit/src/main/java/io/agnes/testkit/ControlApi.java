// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * What a test in Java says to a {@link FakeKeboola} by methods, as JSON over HTTP for tests in other languages. Below
 * {@value #ROOT}, on the fake's own port. Requests to it are no part of the journal.
 */
final class ControlApi {
    static final String ROOT = "/__agnes";

    private static final int MAX_TIMES = 1_000_000;

    private final FakeKeboola keboola;

    ControlApi(FakeKeboola keboola) {
        this.keboola = keboola;
    }

    static boolean takes(Request request) {
        return request.path().equals(ROOT) || request.path().startsWith(ROOT + "/");
    }

    /** Errors are {@code {"error": "one sentence"}} with status 400, 404 or 405. */
    Answer answer(Request request) {
        try {
            return route(request);
        } catch (Refusal refusal) {
            return refusal.answer();
        } catch (IllegalArgumentException e) {
            return Fields.wrong(String.valueOf(e.getMessage())).answer();
        }
    }

    private Answer route(Request request) {
        String path = request.path().substring(ROOT.length());
        return switch (path) {
            case "", "/" -> only(request, "GET", this::index);
            case "/faults" -> faults(request);
            case "/jobs" -> only(request, "POST", () -> job(Fields.of(request.body())));
            case "/clock" -> clock(request);
            case "/requests" -> only(request, "GET", () -> requests(request.parameters()));
            default ->
                path.startsWith("/tables/")
                        ? only(request, "PUT", () -> table(path.substring("/tables/".length()), request))
                        : Answer.json(404, Json.object("error", "there is nothing at " + request.path()));
        };
    }

    private interface Handler {
        Answer answer();
    }

    private static Answer only(Request request, String method, Handler handler) {
        return request.method().equals(method) ? handler.answer() : notAllowed(request, method);
    }

    private static Answer notAllowed(Request request, String allowed) {
        return Answer.json(
                        405, Json.object("error", request.path() + " takes " + allowed + ", not " + request.method()))
                .with("Allow", allowed);
    }

    private Answer index() {
        return Answer.json(
                200,
                Json.object(
                        "stack_url", keboola.stackUrl().toString(),
                        "token", keboola.token(),
                        "storage_endpoint", keboola.storageEndpoint().toString(),
                        "now", keboola.clock().instant().toString()));
    }

    /** {@code POST} scripts one, {@code GET} lists those that did not happen yet, {@code DELETE} takes all back. */
    private Answer faults(Request request) {
        return switch (request.method()) {
            case "GET" -> Answer.json(200, Json.object("unconsumed", keboola.unconsumed()));
            case "POST" -> {
                RemoteFaults.script(keboola, Fields.of(request.body()));
                yield Answer.json(201, Json.object("unconsumed", keboola.unconsumed()));
            }
            case "DELETE" -> {
                keboola.clearScripts();
                yield Answer.empty(204);
            }
            default -> notAllowed(request, "GET, POST, DELETE");
        };
    }

    /** {@code {"behaviour": "fails", "code": "…", "message": "…", "times": 2}}: how the next jobs go. */
    private Answer job(Fields said) {
        JobBehaviour behaviour = behaviour(said);
        int times = said.has("times") ? said.integer("times") : 1;
        said.requireAllRead();
        if (times < 1 || times > MAX_TIMES) {
            throw Fields.wrong("\"times\" must be 1 to " + MAX_TIMES + ", not " + times);
        }
        keboola.nextJobs(times, behaviour);
        return Answer.json(201, Json.object("unconsumed", keboola.unconsumed()));
    }

    private static JobBehaviour behaviour(Fields said) {
        String behaviour = said.text("behaviour");
        return switch (behaviour) {
            case "succeeds" -> new JobBehaviour.Succeeds(said.integer("polls"));
            case "takes" -> new JobBehaviour.Takes(Duration.ofMillis(said.number("millis")));
            case "ends_at_once" -> new JobBehaviour.EndsAtOnce();
            case "fails" -> new JobBehaviour.Fails(said.text("code"), said.text("message"));
            case "fails_without_error" -> new JobBehaviour.FailsWithoutError();
            case "fails_with_odd_message" -> new JobBehaviour.FailsWithOddMessage();
            case "never_ends" -> new JobBehaviour.NeverEnds();
            case "succeeds_without_file" -> new JobBehaviour.SucceedsWithoutFile(said.text("results"));
            case "says" -> new JobBehaviour.Says(said.text("status"), said.integer("polls"));
            case "succeeds_with_text_ids" -> new JobBehaviour.SucceedsWithTextIds();
            default ->
                throw Fields.wrong(
                        "\"behaviour\" is \"" + behaviour + "\", expected one of succeeds, takes, ends_at_once, fails,"
                                + " fails_without_error, fails_with_odd_message, never_ends, succeeds_without_file, says,"
                                + " succeeds_with_text_ids");
        };
    }

    /** {@code GET} tells the time; {@code POST {"advance_seconds": 3600}} moves it. */
    private Answer clock(Request request) {
        switch (request.method()) {
            case "GET" -> {}
            case "POST" -> {
                Fields said = Fields.of(request.body());
                long seconds = said.number("advance_seconds");
                said.requireAllRead();
                keboola.clock().advance(Duration.ofSeconds(seconds));
            }
            default -> {
                return notAllowed(request, "GET, POST");
            }
        }
        return Answer.json(200, Json.object("now", keboola.clock().instant().toString()));
    }

    /** {@code GET ?method=GET&path=REGEX}: the newest requests, oldest first. */
    private Answer requests(Map<String, String> parameters) {
        Set<String> known = Set.of("method", "path");
        if (!known.containsAll(parameters.keySet())) {
            throw Fields.wrong("the parameters are method and path, not " + parameters.keySet());
        }
        String method = parameters.get("method");
        String path = parameters.getOrDefault("path", ".*");
        try {
            List<RecordedRequest> found = keboola.requests().stream()
                    .filter(request -> method == null || request.method().equalsIgnoreCase(method))
                    .filter(request -> request.path().matches(path))
                    .toList();
            return Answer.json(
                    200,
                    Json.object("requests", found.stream().map(ControlApi::json).toList()));
        } catch (PatternSyntaxException e) {
            throw Fields.wrong("path is no regular expression: " + path);
        }
    }

    private static Map<String, @Nullable Object> json(RecordedRequest request) {
        return Json.object(
                "at", request.at().toString(),
                "method", request.method(),
                "path", request.path(),
                "query", request.query(),
                "headers", new TreeMap<>(request.headers()),
                "body", request.body());
    }

    /** {@code PUT {"columns": ["id", "name"], "rows": [["1", "Ada"], ["2", null]]}}: a table of text. */
    private Answer table(String id, Request request) {
        Fields said = Fields.of(request.body());
        String[] columns = said.list("columns").stream().map(String::valueOf).toArray(String[]::new);
        List<@Nullable String[]> rows = new ArrayList<>();
        for (Object row : said.has("rows") ? said.list("rows") : List.of()) {
            if (!(row instanceof List<?> cells) || cells.size() != columns.length) {
                throw Fields.wrong("row " + (rows.size() + 1) + ": expected a list of " + columns.length + " cells");
            }
            rows.add(cells.stream()
                    .map(cell -> cell == null ? null : String.valueOf(cell))
                    .toArray(String[]::new));
        }
        said.requireAllRead();
        FakeTable table = keboola.table(Request.decodePath(id)).columns(columns);
        for (@Nullable String[] row : rows) {
            table.row(row);
        }
        return Answer.json(200, Json.object("id", table.id(), "rows", (long) rows.size()));
    }
}
