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
 * The methods of {@link FakeKeboola} as JSON over HTTP, for tests in other languages. It is served below {@value #ROOT} on
 * the fake's port. The request journal does not contain its requests.
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

    /** Answers a request. Errors are {@code {"error": "one sentence"}} with status 400, 404 or 405. */
    Response answer(Request request) {
        try {
            return route(request);
        } catch (ErrorResponseException refusal) {
            return refusal.answer();
        } catch (IllegalArgumentException e) {
            return ControlFields.wrong(String.valueOf(e.getMessage())).answer();
        }
    }

    private Response route(Request request) {
        String path = request.path().substring(ROOT.length());
        return switch (path) {
            case "", "/" -> only(request, "GET", this::index);
            case "/faults" -> faults(request);
            case "/jobs" -> only(request, "POST", () -> job(ControlFields.of(request.body())));
            case "/clock" -> clock(request);
            case "/requests" -> only(request, "GET", () -> requests(request.parameters()));
            default ->
                path.startsWith("/tables/")
                        ? only(request, "PUT", () -> table(path.substring("/tables/".length()), request))
                        : Response.json(404, Json.object("error", "there is nothing at " + request.path()));
        };
    }

    private interface Handler {
        Response answer();
    }

    private static Response only(Request request, String method, Handler handler) {
        return request.method().equals(method) ? handler.answer() : notAllowed(request, method);
    }

    private static Response notAllowed(Request request, String allowed) {
        return Response.json(
                        405, Json.object("error", request.path() + " takes " + allowed + ", not " + request.method()))
                .with("Allow", allowed);
    }

    private Response index() {
        return Response.json(
                200,
                Json.object(
                        "stack_url", keboola.stackUrl().toString(),
                        "token", keboola.token(),
                        "storage_endpoint", keboola.storageEndpoint().toString(),
                        "now", keboola.clock().instant().toString()));
    }

    /** {@code POST} scripts a fault, {@code GET} lists those that did not happen yet, {@code DELETE} removes all of them. */
    private Response faults(Request request) {
        return switch (request.method()) {
            case "GET" -> Response.json(200, Json.object("unconsumed", keboola.unconsumed()));
            case "POST" -> {
                RemoteFaults.script(keboola, ControlFields.of(request.body()));
                yield Response.json(201, Json.object("unconsumed", keboola.unconsumed()));
            }
            case "DELETE" -> {
                keboola.clearScripts();
                yield Response.empty(204);
            }
            default -> notAllowed(request, "GET, POST, DELETE");
        };
    }

    /** Scripts the next jobs: {@code {"behaviour": "fails", "code": "…", "message": "…", "times": 2}}. */
    private Response job(ControlFields fields) {
        JobBehaviour behaviour = behaviour(fields);
        int times = fields.has("times") ? fields.integer("times") : 1;
        fields.requireAllRead();
        if (times < 1 || times > MAX_TIMES) {
            throw ControlFields.wrong("\"times\" must be 1 to " + MAX_TIMES + ", not " + times);
        }
        keboola.nextJobs(times, behaviour);
        return Response.json(201, Json.object("unconsumed", keboola.unconsumed()));
    }

    private static JobBehaviour behaviour(ControlFields fields) {
        String behaviour = fields.text("behaviour");
        return switch (behaviour) {
            case "succeeds" -> new JobBehaviour.Succeeds(fields.integer("polls"));
            case "takes" -> new JobBehaviour.Takes(Duration.ofMillis(fields.number("millis")));
            case "ends_at_once" -> new JobBehaviour.EndsAtOnce();
            case "fails" -> new JobBehaviour.Fails(fields.text("code"), fields.text("message"));
            case "fails_without_error" -> new JobBehaviour.FailsWithoutError();
            case "fails_with_odd_message" -> new JobBehaviour.FailsWithOddMessage();
            case "never_ends" -> new JobBehaviour.NeverEnds();
            case "succeeds_without_file" -> new JobBehaviour.SucceedsWithoutFile(fields.text("results"));
            case "says" -> new JobBehaviour.Says(fields.text("status"), fields.integer("polls"));
            case "succeeds_with_text_ids" -> new JobBehaviour.SucceedsWithTextIds();
            default ->
                throw ControlFields.wrong(
                        "\"behaviour\" is \"" + behaviour + "\", expected one of succeeds, takes, ends_at_once, fails,"
                                + " fails_without_error, fails_with_odd_message, never_ends, succeeds_without_file, says,"
                                + " succeeds_with_text_ids");
        };
    }

    /** {@code GET} returns the fake's time; {@code POST {"advance_seconds": 3600}} moves it. */
    private Response clock(Request request) {
        switch (request.method()) {
            case "GET" -> {}
            case "POST" -> {
                ControlFields fields = ControlFields.of(request.body());
                long seconds = fields.number("advance_seconds");
                fields.requireAllRead();
                keboola.clock().advance(Duration.ofSeconds(seconds));
            }
            default -> {
                return notAllowed(request, "GET, POST");
            }
        }
        return Response.json(200, Json.object("now", keboola.clock().instant().toString()));
    }

    /** {@code GET ?method=GET&path=REGEX}: the recorded requests, oldest first. */
    private Response requests(Map<String, String> parameters) {
        Set<String> known = Set.of("method", "path");
        if (!known.containsAll(parameters.keySet())) {
            throw ControlFields.wrong("the parameters are method and path, not " + parameters.keySet());
        }
        String method = parameters.get("method");
        String path = parameters.getOrDefault("path", ".*");
        try {
            List<RecordedRequest> found = keboola.requests().stream()
                    .filter(request -> method == null || request.method().equalsIgnoreCase(method))
                    .filter(request -> request.path().matches(path))
                    .toList();
            return Response.json(
                    200,
                    Json.object("requests", found.stream().map(ControlApi::json).toList()));
        } catch (PatternSyntaxException e) {
            throw ControlFields.wrong("path is no regular expression: " + path);
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

    /** Creates a text table: {@code PUT {"columns": ["id", "name"], "rows": [["1", "Ada"], ["2", null]]}}. */
    private Response table(String id, Request request) {
        ControlFields fields = ControlFields.of(request.body());
        String[] columns = fields.list("columns").stream().map(String::valueOf).toArray(String[]::new);
        List<@Nullable String[]> rows = new ArrayList<>();
        for (Object row : fields.has("rows") ? fields.list("rows") : List.of()) {
            if (!(row instanceof List<?> cells) || cells.size() != columns.length) {
                throw ControlFields.wrong(
                        "row " + (rows.size() + 1) + ": expected a list of " + columns.length + " cells");
            }
            rows.add(cells.stream()
                    .map(cell -> cell == null ? null : String.valueOf(cell))
                    .toArray(String[]::new));
        }
        fields.requireAllRead();
        FakeTable table = keboola.table(Request.decodePath(id)).columns(columns);
        for (@Nullable String[] row : rows) {
            table.row(row);
        }
        return Response.json(200, Json.object("id", table.id(), "rows", (long) rows.size()));
    }
}
