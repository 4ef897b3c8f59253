// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.core.TableId;
import io.agnes.server.access.Identity;
import io.agnes.server.access.Scope;
import io.agnes.server.access.SignIn;
import io.agnes.server.api.ProblemCode;
import io.agnes.server.connection.Exchange;
import io.agnes.server.connection.Shares;
import io.helidon.common.buffers.DataReader;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonStructure;
import jakarta.json.JsonValue;
import jakarta.json.stream.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** What every route asks of a request, and how it answers in JSON. */
public final class Requests {
    static final HeaderName REQUEST_ID = HeaderNames.create("X-Request-Id");

    /** The largest body that is read, in bytes. */
    public static final int LARGEST_BODY = 1024 * 1024;

    private static final int BODY_PIECE = 8 * 1024;
    private static final int ANSWER_PIECE = 8 * 1024;

    private Requests() {}

    /** The user of the request; 401 without a valid token, 503 if the registry cannot answer. */
    static Identity identity(ServerRequest request) {
        return switch (SignIn.of(request.context())) {
            case SignIn.Known known -> known.identity();
            case SignIn.Anonymous anonymous ->
                throw Problem.of(
                        ProblemCode.UNAUTHENTICATED,
                        "No valid token came with the request: it is missing, unknown, expired or revoked.");
            case SignIn.Undecided undecided ->
                throw Problem.of(ProblemCode.REGISTRY_UNAVAILABLE, "The registry cannot answer now; try again later.");
        };
    }

    /** The user of the request; 403 if the token does not allow this. */
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
            return Optional.of(StrictJson.read(parser));
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
        // Not closed: that would read a body to its end which was just refused.
        InputStream body = request.content().inputStream();
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            byte[] piece = new byte[BODY_PIECE];
            for (int read = body.read(piece); read >= 0; read = body.read(piece)) {
                hold(request, read);
                bytes.write(piece, 0, read);
                if (bytes.size() > LARGEST_BODY) {
                    throw Problem.of(ProblemCode.BODY_TOO_LARGE, "The body is larger than " + LARGEST_BODY + " bytes.");
                }
            }
            return bytes.toString(StandardCharsets.UTF_8);
        } catch (DataReader.InsufficientDataAvailableException | IOException e) {
            throw new CloseConnectionException("the client left within the body", e);
        }
    }

    private static void hold(ServerRequest request, int bytes) {
        switch (exchange(request).body(holder(request), bytes)) {
            case TAKEN -> {}
            case SHARE_USED ->
                throw Problem.of(ProblemCode.TOO_MANY_REQUESTS, "This user sends too many bodies at once.")
                        .with(HeaderValues.create(HeaderNames.RETRY_AFTER, "5"))
                        .with(HeaderValues.CONNECTION_CLOSE);
            case ALL_USED -> throw Errors.overloaded("Too many bodies are sent at once.");
        }
    }

    private static Exchange exchange(ServerRequest request) {
        return request.context().get(Exchange.class).orElseThrow();
    }

    /** The user whose share of memory is used; empty text for all who are not known. */
    private static String holder(ServerRequest request) {
        return SignIn.of(request.context()) instanceof SignIn.Known known
                ? known.identity().user().value()
                : "";
    }

    static void send(ServerRequest request, ServerResponse response, JsonStructure json) {
        send(request, response, json.toString());
    }

    /** A large answer waits for its reader within the memory that all large ones share. */
    static void send(ServerRequest request, ServerResponse response, String json) {
        byte[] bytes = body(json);
        if (bytes.length > Exchange.SMALL_ANSWER) {
            if (exchange(request).answer(holder(request), bytes.length) != Shares.Outcome.TAKEN) {
                throw Errors.overloaded("Too many large answers wait for their readers.");
            }
        }
        response.headers().set(HeaderNames.CONTENT_TYPE, "application/json");
        response.headers().set(HeaderNames.CONTENT_LENGTH, Integer.toString(bytes.length));
        try (OutputStream out = response.outputStream()) {
            for (int done = 0; done < bytes.length; done += ANSWER_PIECE) {
                // A copy: Helidon writes too much of an array from an offset on, and copies a first write once more.
                out.write(Arrays.copyOfRange(bytes, done, Math.min(done + ANSWER_PIECE, bytes.length)));
            }
        } catch (IOException | UncheckedIOException | ServerConnectionException e) {
            throw new CloseConnectionException("the reader left, or was cut off", e);
        }
    }

    /** JSON as it is sent: with a line break behind it, which a terminal needs. */
    static byte[] body(String json) {
        return (json + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
