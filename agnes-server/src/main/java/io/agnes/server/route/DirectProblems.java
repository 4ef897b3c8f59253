// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.server.api.ProblemCode;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.DirectHandlers;

/** Answers requests that reach no route, as their line or a header is malformed or too long. */
public final class DirectProblems implements DirectHandler {
    private DirectProblems() {}

    /** The answers for every event of the server. */
    public static DirectHandlers handlers() {
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        for (EventType event : EventType.values()) {
            handlers.addHandler(event, new DirectProblems());
        }
        return handlers.build();
    }

    /** A problem without the parser's message, which would repeat the request; the connection ends with it. */
    @Override
    public TransportResponse handle(
            TransportRequest request,
            EventType event,
            Status status,
            ServerResponseHeaders headers,
            String parserSays) {
        ProblemCode code = code(status.code());
        String id = Preliminaries.requestId();
        ServerResponseHeaders ours = ServerResponseHeaders.create();
        Preliminaries.apply(ours, id);
        ours.set(HeaderNames.CONTENT_TYPE, Errors.PROBLEM_TYPE);
        ours.set(HeaderValues.CONNECTION_CLOSE);
        return TransportResponse.builder()
                .status(Status.create(code.status()))
                .headers(ours)
                .keepAlive(false)
                .entity(Requests.body(
                        Problem.of(code, code.title() + ".").json(id).toString()))
                .build();
    }

    private static ProblemCode code(int status) {
        return switch (status) {
            case 413 -> ProblemCode.BODY_TOO_LARGE;
            case 414 -> ProblemCode.ADDRESS_TOO_LONG;
            case 501 -> ProblemCode.METHOD_NOT_IMPLEMENTED;
            case 503 -> ProblemCode.OVERLOADED;
            default -> status < 500 ? ProblemCode.REQUEST_MALFORMED : ProblemCode.INTERNAL_ERROR;
        };
    }
}
