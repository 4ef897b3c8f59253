package io.agnes.server.route;

import io.agnes.core.AgnesException;
import io.agnes.server.registry.RegistryException;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The one place where failures become answers. */
final class Errors {
    private static final System.Logger LOG = System.getLogger(Errors.class.getName());

    private Errors() {}

    static void register(HttpRouting.Builder routing) {
        routing.error(Problem.class, Errors::send)
                .error(RegistryException.class, Errors::registry)
                .error(RequestException.class, Errors::malformed)
                .error(Throwable.class, Errors::unexpected);
    }

    private static void registry(ServerRequest request, ServerResponse response, RegistryException e) {
        LOG.log(System.Logger.Level.ERROR, "request " + id(response), e);
        send(
                request,
                response,
                Problem.of(ProblemCode.REGISTRY_UNAVAILABLE, "The registry cannot answer now; try again later."));
    }

    private static void malformed(ServerRequest request, ServerResponse response, RequestException e) {
        ProblemCode code = e.status().code() == 413 ? ProblemCode.BODY_TOO_LARGE : ProblemCode.REQUEST_MALFORMED;
        send(request, response, Problem.of(code, code.title() + "."));
    }

    private static void unexpected(ServerRequest request, ServerResponse response, Throwable e) {
        if (e.getCause() instanceof RegistryException cause) {
            registry(request, response, cause);
            return;
        }
        LOG.log(System.Logger.Level.ERROR, "request " + id(response), e);
        String detail = e instanceof AgnesException known
                ? known.getMessage()
                : "Something went wrong here; the log has it under the request id.";
        send(request, response, Problem.of(ProblemCode.INTERNAL_ERROR, detail));
    }

    private static void send(ServerRequest request, ServerResponse response, Problem problem) {
        String id = id(response);
        clear(response);
        if (problem.code() == ProblemCode.UNAUTHENTICATED) {
            response.headers().set(HeaderNames.WWW_AUTHENTICATE, "Bearer");
        }
        response.status(Status.create(problem.code().status()));
        response.headers().set(HeaderNames.CONTENT_TYPE, "application/problem+json");
        response.send(problem.json(id).toString().getBytes(StandardCharsets.UTF_8));
    }

    private static String id(ServerResponse response) {
        return response.headers().value(Requests.REQUEST_ID).orElse("");
    }

    /** What a route had set for the answer it meant to give does not belong to this one. */
    private static void clear(ServerResponse response) {
        List<HeaderName> meant = new ArrayList<>(List.of(
                HeaderNames.ETAG,
                HeaderNames.LAST_MODIFIED,
                HeaderNames.CONTENT_DISPOSITION,
                HeaderNames.CONTENT_LENGTH,
                HeaderNames.ACCEPT_RANGES,
                HeaderNames.create("Repr-Digest"),
                HeaderNames.create("X-Agnes-File")));
        meant.forEach(response.headers()::remove);
    }
}
