// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import io.agnes.server.api.Answer;
import io.agnes.server.api.Endpoint;
import io.agnes.server.api.ProblemCode;
import io.agnes.server.api.ProblemSchema;
import io.agnes.server.api.Schema;
import io.agnes.server.route.HttpApi;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonException;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.StringReader;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Holds recorded exchanges against the description of the API: status, content type, headers, problem code and every field of the
 * JSON must be described. Remembers which answers were seen. Safe for use by several threads.
 */
final class Conformity {
    /** Headers that any answer may have. */
    private static final Set<String> COMMON_HEADERS = Set.of(
            "cache-control",
            "connection",
            "content-length",
            "content-security-policy",
            "content-type",
            "date",
            "referrer-policy",
            "transfer-encoding",
            "x-content-type-options",
            "x-request-id");

    private static final Pattern REQUEST_LINE =
            Pattern.compile("(?<method>[A-Z]+) (http://[^/]+)?(?<path>[*]|/[^ ?]*)([?][^ ]*)? HTTP/1[.][01]");

    private final Set<String> seen = new ConcurrentSkipListSet<>();

    /** The answers that were seen, each as {@code GET /api/health 200}. */
    Set<String> seen() {
        return new TreeSet<>(seen);
    }

    /**
     * @param request as it was sent, which may be no HTTP at all
     * @throws AssertionError if the answer is not described
     */
    void check(String request, Reply reply) {
        List<String> problems = new ArrayList<>();
        Optional<String> operation = operation(request);
        Optional<Endpoint> endpoint = operation.flatMap(Conformity::endpoint);
        if (endpoint.isPresent()) {
            described(operation.get().split(" ")[0], endpoint.get(), request, reply, problems);
        } else {
            undescribed(reply, problems);
        }
        if (!problems.isEmpty()) {
            String line = request.lines().findFirst().orElse("");
            throw new AssertionError("not as described: " + line + " -> " + reply.status() + ": " + problems + "\n"
                    + reply.headers() + "\n" + reply.text());
        }
    }

    /** Method and path of the request line as the server reads them, if there are some. */
    private static Optional<String> operation(String request) {
        Matcher line = REQUEST_LINE.matcher(request.lines().findFirst().orElse(""));
        if (!line.matches()) {
            return Optional.empty();
        }
        String path = line.group("path").replaceAll("(?i)%2f", "/");
        return Optional.of(line.group("method") + " " + (path.equals("*") ? "/" : path));
    }

    private static Optional<Endpoint> endpoint(String operation) {
        return HttpApi.ENDPOINTS.stream()
                .filter(endpoint -> endpoint.names().stream()
                        .anyMatch(name -> operation.matches(name.replaceAll("\\{[a-z]+}", "[^/]+"))))
                .findFirst();
    }

    private static void undescribed(Reply reply, List<String> problems) {
        if (reply.status() != 404) {
            common(reply, problems);
        } else if (!reply.header("content-type").equals(ProblemSchema.CONTENT_TYPE)) {
            problems.add("a route that is not described gives " + reply.header("content-type"));
        }
    }

    private static boolean common(Reply reply, List<String> problems) {
        boolean known = Endpoint.COMMON_PROBLEMS.stream().anyMatch(code -> code.status() == reply.status());
        if (!known) {
            problems.add("the status is not described");
        }
        return known;
    }

    private void described(String method, Endpoint endpoint, String request, Reply reply, List<String> problems) {
        Optional<Answer> answer = endpoint.answer(reply.status());
        boolean head = method.equals("HEAD");
        boolean problem = reply.header("content-type").startsWith(ProblemSchema.CONTENT_TYPE);
        if (problem) {
            checkProblem(endpoint, reply, head, problems);
        } else if (answer.isPresent()) {
            checkAnswer(answer.get(), reply, head, problems);
            checkRequest(endpoint, request, problems);
        } else {
            problems.add("the status is not described");
        }
        if (problems.isEmpty()) {
            seen.add(method + " " + endpoint.path() + " " + reply.status());
        }
    }

    private static void checkProblem(Endpoint endpoint, Reply reply, boolean head, List<String> problems) {
        Set<ProblemCode> own = endpoint.allProblems().getOrDefault(reply.status(), Set.of());
        List<String> codes = Stream.concat(own.stream(), Endpoint.COMMON_PROBLEMS.stream())
                .filter(code -> code.status() == reply.status())
                .map(ProblemCode::text)
                .toList();
        if (codes.isEmpty()) {
            problems.add("the status is not described");
        } else if (!head) {
            String code = reply.json().getString("code");
            if (!codes.contains(code)) {
                problems.add("the code " + code + " is not described");
            }
            schema("", ProblemSchema.PROBLEM, reply.json(), problems);
        }
    }

    private static void checkAnswer(Answer answer, Reply reply, boolean head, List<String> problems) {
        boolean bodiless = reply.status() == 204 || reply.status() == 304;
        if (!answer.contentType().equals(reply.header("content-type"))) {
            problems.add("the content type is " + reply.header("content-type"));
        }
        Set<String> declared = new TreeSet<>();
        for (Answer.Header header : answer.headers()) {
            String name = header.name().toLowerCase(Locale.ROOT);
            declared.add(name);
            if (header.required() && !reply.has(name)) {
                problems.add("the header " + name + " is missing");
            }
        }
        reply.headers().keySet().stream()
                .filter(name -> !COMMON_HEADERS.contains(name) && !declared.contains(name))
                .forEach(name -> problems.add("the header " + name + " is not described"));
        Schema schema = answer.schema();
        if (schema != null && !head && !bodiless) {
            schema("", schema, json(reply.text()), problems);
        }
    }

    /** The body of a request that was taken; one that was refused may be anything. */
    private static void checkRequest(Endpoint endpoint, String request, List<String> problems) {
        int end = request.indexOf("\r\n\r\n");
        String body = end < 0 ? "" : request.substring(end + 4);
        Endpoint.Body described = endpoint.body();
        boolean chunked =
                request.substring(0, Math.max(end, 0)).toLowerCase(Locale.ROOT).contains("transfer-encoding");
        if (described == null || body.isBlank() || chunked) {
            return;
        }
        List<String> found = new ArrayList<>();
        schema("", described.schema(), json(body), found);
        // Other keys in the body of a trigger are ignored, by the contract.
        boolean ignored =
                endpoint.path().endsWith("/trigger") && body.stripLeading().startsWith("{");
        if (!ignored) {
            found.forEach(problem -> problems.add("request " + problem));
        }
    }

    private static JsonValue json(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readValue();
        } catch (JsonException e) {
            throw new AssertionError("no JSON: " + text, e);
        }
    }

    private static void schema(String path, Schema schema, JsonValue value, List<String> problems) {
        boolean good = switch (schema) {
            case Schema.Text text -> value instanceof JsonString string && fits(text, string.getString());
            case Schema.WholeNumber number -> value instanceof JsonNumber found && found.isIntegral();
            case Schema.Flag flag -> value.equals(JsonValue.TRUE) || value.equals(JsonValue.FALSE);
            case Schema.ListOf list -> {
                if (value instanceof JsonArray array) {
                    array.forEach(item -> schema(path + "[]", list.item(), item, problems));
                }
                yield value instanceof JsonArray;
            }
            case Schema.MapOf map -> {
                if (value instanceof JsonObject object) {
                    object.forEach((key, item) -> schema(path + "/*", map.value(), item, problems));
                }
                yield value instanceof JsonObject;
            }
            case Schema.OrNull nullable -> {
                if (!value.equals(JsonValue.NULL)) {
                    schema(path, nullable.schema(), value, problems);
                }
                yield true;
            }
            case Schema.OneOf one ->
                one.schemas().stream().anyMatch(each -> {
                    List<String> found = new ArrayList<>();
                    schema(path, each, value, found);
                    return found.isEmpty();
                });
            case Schema.Shape shape -> {
                if (value instanceof JsonObject object) {
                    fields(path, shape, object, problems);
                }
                yield value instanceof JsonObject;
            }
        };
        if (!good) {
            problems.add(path + " is " + value + " and not " + schema);
        }
    }

    private static boolean fits(Schema.Text text, String value) {
        if ("date-time".equals(text.format())) {
            try {
                Instant.parse(value);
            } catch (DateTimeParseException e) {
                return false;
            }
        }
        return text.values().isEmpty() || text.values().contains(value);
    }

    private static void fields(String path, Schema.Shape shape, JsonObject object, List<String> problems) {
        Set<String> unknown = new TreeSet<>(object.keySet());
        for (Schema.Field field : shape.fields()) {
            unknown.remove(field.name());
            if (object.containsKey(field.name())) {
                schema(path + "/" + field.name(), field.schema(), object.get(field.name()), problems);
            } else if (field.required()) {
                problems.add(path + "/" + field.name() + " is missing");
            }
        }
        unknown.forEach(name -> problems.add(path + "/" + name + " is not described"));
    }

    /** Every answer that is described, each as {@code GET /api/health 200}. */
    static Set<String> describedAnswers() {
        Set<String> all = new TreeSet<>();
        for (Endpoint endpoint : HttpApi.ENDPOINTS) {
            for (String name : endpoint.names()) {
                endpoint.answers().forEach(answer -> all.add(name + " " + answer.status()));
                endpoint.allProblems().keySet().forEach(status -> all.add(name + " " + status));
            }
        }
        return all;
    }
}
