package io.agnes.server.route;

import io.agnes.core.TableId;
import io.agnes.server.access.Identity;
import io.agnes.server.access.Scope;
import io.agnes.server.access.TokenProvider;
import io.helidon.common.buffers.DataReader;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonStructure;
import jakarta.json.JsonValue;
import jakarta.json.stream.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What every route asks of a request, and how it answers in JSON. */
final class Requests {
    static final HeaderName REQUEST_ID = HeaderNames.create("X-Request-Id");

    /** The largest body that is read, in bytes. */
    static final int LARGEST_BODY = 1024 * 1024;

    private Requests() {}

    /** Whose request it is. */
    static Identity identity(ServerRequest request) {
        return TokenProvider.identity(request.context())
                .orElseThrow(() -> Problem.of(
                        ProblemCode.UNAUTHENTICATED,
                        "No valid token came with the request: it is missing, unknown, expired or revoked."));
    }

    /** Whose request it is, if their token is good for this. */
    static Identity identity(ServerRequest request, Scope scope) {
        Identity identity = identity(request);
        if (!identity.may(scope)) {
            throw Problem.of(ProblemCode.FORBIDDEN, "This needs the scope " + scope.text() + ".");
        }
        return identity;
    }

    /** The table id of the path. */
    static TableId tableId(ServerRequest request) {
        return TableId.parse(request.path().pathParameters().get("id"))
                .orElseThrow(() -> Problem.of(ProblemCode.TABLE_ID_INVALID, "A table id is " + TableId.GRAMMAR + "."));
    }

    /** Whether the query says so; what is neither true nor false is refused, since it may have meant either. */
    static boolean flag(ServerRequest request, String name) {
        return flag(request, name, false);
    }

    /** The same, with another answer for a query that does not say. */
    static boolean flag(ServerRequest request, String name, boolean otherwise) {
        String text = request.query().first(name).orElse(Boolean.toString(otherwise));
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw Problem.of(ProblemCode.VALIDATION_FAILED, name + " must be true or false.");
        };
    }

    /** The number in the query; what is none within the bounds is refused. */
    static int number(ServerRequest request, String name, int otherwise, int least, int most) {
        String text = request.query().first(name).orElse(Integer.toString(otherwise));
        if (text.matches("[0-9]{1,9}") && Integer.parseInt(text) >= least && Integer.parseInt(text) <= most) {
            return Integer.parseInt(text);
        }
        throw Problem.of(ProblemCode.VALIDATION_FAILED, name + " must be a number from " + least + " to " + most + ".");
    }

    /** The body as JSON; nothing if there is none. */
    static Optional<JsonValue> json(ServerRequest request) {
        String text = text(request);
        if (text.isBlank()) {
            return Optional.empty();
        }
        try (JsonParser parser = Json.createParser(new StringReader(text))) {
            parser.next();
            JsonValue value = parser.getValue();
            if (parser.hasNext()) {
                throw Problem.of(ProblemCode.REQUEST_MALFORMED, "The body is more than one JSON value.");
            }
            return Optional.of(value);
        } catch (Problem known) {
            throw known;
        } catch (JsonException e) {
            throw Problem.of(ProblemCode.REQUEST_MALFORMED, "The body is not JSON.");
        } catch (RuntimeException tooDeep) {
            // The parser has no exception of its own for its bound on nesting.
            throw Problem.of(ProblemCode.REQUEST_MALFORMED, "The body is nested too deeply.");
        }
    }

    private static String text(ServerRequest request) {
        if (!request.content().hasEntity()) {
            return "";
        }
        try (InputStream body = request.content().inputStream()) {
            byte[] bytes = body.readNBytes(LARGEST_BODY + 1);
            if (bytes.length > LARGEST_BODY) {
                throw Problem.of(ProblemCode.BODY_TOO_LARGE, "The body is larger than " + LARGEST_BODY + " bytes.");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (DataReader.InsufficientDataAvailableException | IOException e) {
            throw new CloseConnectionException("the client left within the body", e);
        }
    }

    static void send(ServerResponse response, JsonStructure json) {
        send(response, json.toString());
    }

    static void send(ServerResponse response, String json) {
        response.headers().set(HeaderNames.CONTENT_TYPE, "application/json");
        response.send(body(json));
    }

    /** JSON as it is sent: with a line break behind it, which a terminal needs. */
    static byte[] body(String json) {
        return (json + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
