// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.core.AgnesException;
import io.agnes.core.RegistryFailedException;
import io.agnes.server.access.AccessException;
import io.agnes.server.api.ProblemCode;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/** Maps failures to answers, for all routes. */
final class Errors {
    private static final System.Logger LOG = System.getLogger(Errors.class.getName());

    private static final String RETRY_SECONDS = "5";

    static final String PROBLEM_TYPE = "application/problem+json";

    private Errors() {}

    static void register(HttpRouting.Builder routing) {
        routing.error(Problem.class, Errors::send)
                .error(RegistryFailedException.class, Errors::registry)
                .error(AccessException.class, Errors::access)
                .error(RequestException.class, Errors::malformed)
                .error(Throwable.class, Errors::unexpected);
    }

    private static void registry(ServerRequest request, ServerResponse response, RegistryFailedException e) {
        LOG.log(System.Logger.Level.ERROR, "request " + id(response), e);
        send(
                request,
                response,
                Problem.of(ProblemCode.REGISTRY_UNAVAILABLE, "The registry cannot answer now; try again later."));
    }

    private static void access(ServerRequest request, ServerResponse response, AccessException e) {
        send(request, response, Problem.of(ProblemCode.LAST_ADMINISTRATOR, String.valueOf(e.getMessage())));
    }

    private static void malformed(ServerRequest request, ServerResponse response, RequestException e) {
        ProblemCode code = e.status().code() == 413 ? ProblemCode.BODY_TOO_LARGE : ProblemCode.REQUEST_MALFORMED;
        // The start of the next request is unknown after it.
        send(request, response, Problem.of(code, code.title() + ".").with(HeaderValues.CONNECTION_CLOSE));
    }

    private static void unexpected(ServerRequest request, ServerResponse response, Throwable e) {
        if (e.getCause() instanceof RegistryFailedException cause) {
            registry(request, response, cause);
            return;
        }
        LOG.log(System.Logger.Level.ERROR, "request " + id(response), e);
        String detail = e instanceof AgnesException known
                ? known.getMessage()
                : "Something went wrong here; the log has it under the request id.";
        send(request, response, Problem.of(ProblemCode.INTERNAL_ERROR, detail));
    }

    /** A request that is refused now and may succeed in a moment. */
    static Problem overloaded(String detail) {
        return Problem.of(ProblemCode.OVERLOADED, detail)
                .with(HeaderValues.create(HeaderNames.RETRY_AFTER, RETRY_SECONDS))
                .with(HeaderValues.CONNECTION_CLOSE);
    }

    /** Sends a problem in place of the route's answer, whose headers are dropped. */
    static void send(ServerRequest request, ServerResponse response, Problem problem) {
        String id = id(response);
        byte[] body = Requests.body(problem.json(id).toString());
        response.headers().clear();
        Preliminaries.apply(response.headers(), id);
        problem.headers().forEach(response.headers()::set);
        if (problem.code() == ProblemCode.UNAUTHENTICATED) {
            response.headers().set(HeaderNames.WWW_AUTHENTICATE, "Bearer");
        }
        if (request.content().hasEntity() && !request.content().consumed()) {
            // The rest of a refused body is not read.
            response.headers().set(HeaderValues.CONNECTION_CLOSE);
        }
        response.headers().set(HeaderNames.CONTENT_TYPE, PROBLEM_TYPE);
        response.headers().set(HeaderNames.CACHE_CONTROL, "no-store");
        response.status(Status.create(problem.code().status()));
        if (request.prologue().method().equals(Method.HEAD)) {
            // The client would take a body after the headers for the next answer.
            response.headers().contentLength(body.length);
            response.send();
        } else {
            response.send(body);
        }
    }

    private static String id(ServerResponse response) {
        return response.headers().value(Requests.REQUEST_ID).orElse("");
    }
}
