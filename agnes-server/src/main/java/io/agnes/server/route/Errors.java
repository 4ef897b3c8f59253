// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.core.AgnesException;
import io.agnes.core.RegistryFailedException;
import io.agnes.server.access.AccessException;
import io.agnes.server.api.ProblemCode;
import io.agnes.server.audit.Audit;
import io.agnes.server.audit.AuditAction;
import io.agnes.server.audit.AuditResult;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Set;

/** Maps failures to answers, for all routes, and records refusals. */
final class Errors {
    private static final System.Logger LOG = System.getLogger(Errors.class.getName());

    /** The statuses of decisions about the client. */
    private static final Set<Integer> NOT_ALLOWED = Set.of(401, 403, 429);

    private static final String RETRY_SECONDS = "5";

    static final String PROBLEM_TYPE = "application/problem+json";

    private final Audit audit;

    Errors(Audit audit) {
        this.audit = audit;
    }

    void register(HttpRouting.Builder routing) {
        routing.error(Problem.class, this::refuse)
                .error(RegistryFailedException.class, this::registry)
                .error(AccessException.class, this::access)
                .error(RequestException.class, this::malformed)
                .error(Throwable.class, this::unexpected);
    }

    /** Records the refusal, then sends it. */
    private void refuse(ServerRequest request, ServerResponse response, Problem problem) {
        record(request, problem.code());
        send(request, response, problem);
    }

    /** Records what was not allowed, and every change that did not come about. */
    private void record(ServerRequest request, ProblemCode code) {
        String path = request.matchingPattern().orElse("");
        String method = request.prologue().method().text();
        boolean forbidden = NOT_ALLOWED.contains(code.status()) && !path.isEmpty();
        if (forbidden || RouteActions.change(method, path).isPresent()) {
            AuditAction action = RouteActions.of(method, path);
            audit.refused(
                    action,
                    RouteActions.object(request, path, action),
                    code.status() < 500 ? AuditResult.REFUSED : AuditResult.FAILED,
                    code.text());
        }
    }

    private void registry(ServerRequest request, ServerResponse response, RegistryFailedException e) {
        LOG.log(System.Logger.Level.ERROR, "request " + id(response), e);
        refuse(
                request,
                response,
                Problem.of(ProblemCode.REGISTRY_UNAVAILABLE, "The registry cannot answer now; try again later."));
    }

    private void access(ServerRequest request, ServerResponse response, AccessException e) {
        refuse(request, response, Problem.of(ProblemCode.LAST_ADMINISTRATOR, String.valueOf(e.getMessage())));
    }

    private void malformed(ServerRequest request, ServerResponse response, RequestException e) {
        ProblemCode code = e.status().code() == 413 ? ProblemCode.BODY_TOO_LARGE : ProblemCode.REQUEST_MALFORMED;
        // The start of the next request is unknown after it.
        refuse(request, response, Problem.of(code, code.title() + ".").with(HeaderValues.CONNECTION_CLOSE));
    }

    private void unexpected(ServerRequest request, ServerResponse response, Throwable e) {
        if (e.getCause() instanceof RegistryFailedException cause) {
            registry(request, response, cause);
            return;
        }
        LOG.log(System.Logger.Level.ERROR, "request " + id(response), e);
        String detail = e instanceof AgnesException known
                ? known.getMessage()
                : "Something went wrong here; the log has it under the request id.";
        refuse(request, response, Problem.of(ProblemCode.INTERNAL_ERROR, detail));
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
