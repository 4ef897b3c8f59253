// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * The scripts, the clock and the journal of a fake as JSON over HTTP, for tests in other languages. It is served below
 * {@value #ROOT} on the fake's port. The request journal does not contain its requests.
 */
final class ControlApi {
    static final String ROOT = "/__agnes";

    private final Controlled fake;

    ControlApi(Controlled fake) {
        this.fake = fake;
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
            case "/clock" -> clock(request);
            case "/requests" -> only(request, "GET", () -> requests(request.parameters()));
            default -> {
                Response own = fake.answer(path, request);
                yield own == null
                        ? Response.json(404, Json.object("error", "there is nothing at " + request.path()))
                        : own;
            }
        };
    }

    interface Handler {
        Response answer();
    }

    /** Answers a path that takes one method. */
    static Response only(Request request, String method, Handler handler) {
        return request.method().equals(method) ? handler.answer() : notAllowed(request, method);
    }

    private static Response notAllowed(Request request, String allowed) {
        return Response.json(
                        405, Json.object("error", request.path() + " takes " + allowed + ", not " + request.method()))
                .with("Allow", allowed);
    }

    private Response index() {
        Map<String, @Nullable Object> index = fake.addresses();
        index.put("now", fake.clock().instant().toString());
        return Response.json(200, index);
    }

    /** {@code POST} scripts a fault, {@code GET} lists those that did not happen yet, {@code DELETE} removes all of them. */
    private Response faults(Request request) {
        return switch (request.method()) {
            case "GET" -> Response.json(200, Json.object("unconsumed", fake.unconsumed()));
            case "POST" -> {
                RemoteFaults.script(fake, ControlFields.of(request.body()));
                yield Response.json(201, Json.object("unconsumed", fake.unconsumed()));
            }
            case "DELETE" -> {
                fake.clearScripts();
                yield Response.empty(204);
            }
            default -> notAllowed(request, "GET, POST, DELETE");
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
                fake.clock().advance(Duration.ofSeconds(seconds));
            }
            default -> {
                return notAllowed(request, "GET, POST");
            }
        }
        return Response.json(200, Json.object("now", fake.clock().instant().toString()));
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
            List<RecordedRequest> found = fake.requests().stream()
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
}
