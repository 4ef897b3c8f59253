// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The HTTP routes of the Storage API that this fake serves. */
final class StorageRoutes {
    static final String ROOT = "/v2/storage";
    private static final Pattern BRANCH = Pattern.compile("/v2/storage/branch/(?<branch>[^/]+)(?<rest>/(?!jobs).*)");
    private static final String BRANCHED = ROOT + "/branch/";

    private final String token;
    private final List<Route> routes;

    /** @param token the only Storage token that is accepted */
    StorageRoutes(String token, ProjectRoutes project, TableRoutes tables, ExportRoutes exports) {
        this.token = token;
        this.routes = List.of(
                new Route("GET", "/v2/storage/?", KeboolaRequest.INDEX, project::index),
                new Route("GET", "/v2/storage/tokens/verify", KeboolaRequest.TOKEN, project::token),
                new Route("GET", "/v2/storage/dev-branches/?", KeboolaRequest.BRANCHES, project::branches),
                new Route("GET", "/v2/storage/dev-branches/([^/]+)", KeboolaRequest.BRANCHES, project::branch),
                new Route("GET", "/v2/storage/buckets", KeboolaRequest.BUCKETS, tables::buckets),
                new Route("GET", "/v2/storage/buckets/([^/]+)", KeboolaRequest.BUCKETS, tables::bucket),
                new Route("GET", "/v2/storage/buckets/([^/]+)/tables", KeboolaRequest.TABLES, tables::bucketTables),
                new Route("GET", "/v2/storage/buckets/([^/]+)/metadata", KeboolaRequest.OTHER, tables::bucketMetadata),
                new Route("GET", "/v2/storage/tables", KeboolaRequest.TABLES, tables::tables),
                new Route("GET", "/v2/storage/tables/([^/]+)", KeboolaRequest.TABLE, tables::table),
                new Route("POST", "/v2/storage/tables/([^/]+)/export-async", KeboolaRequest.EXPORT, exports::export),
                new Route("GET", "/v2/storage/tables/([^/]+)/data-preview", KeboolaRequest.OTHER, tables::preview),
                new Route("GET", "/v2/storage/tables/([^/]+)/metadata", KeboolaRequest.OTHER, tables::tableMetadata),
                new Route("GET", "/v2/storage/columns/([^/]+)/metadata", KeboolaRequest.OTHER, tables::columnMetadata),
                new Route("GET", "/v2/storage/jobs", KeboolaRequest.OTHER, exports::jobs),
                new Route("GET", "/v2/storage/jobs/([^/]+)", KeboolaRequest.JOB_POLL, exports::job),
                new Route("GET", "/v2/storage/files", KeboolaRequest.OTHER, exports::files),
                new Route("GET", "/v2/storage/files/([^/]+)", KeboolaRequest.FILE_DETAIL, exports::file),
                new Route("DELETE", "/v2/storage/files/([^/]+)", KeboolaRequest.FILE_DELETE, exports::delete));
    }

    interface Handler {
        Response answer(Request request, String id);
    }

    private record Route(String method, Pattern path, RequestKind kind, Handler handler) {
        Route(String method, String path, RequestKind kind, Handler handler) {
            this(method, Pattern.compile(path), kind, handler);
        }
    }

    /** The kind of a request, whether or not it will succeed. */
    RequestKind kind(Request request) {
        Route route = route(unbranched(request));
        return route == null ? KeboolaRequest.OTHER : route.kind;
    }

    Response answer(Request request) {
        Request plain = unbranched(request);
        Route route = route(plain);
        if (route == null) {
            throw plain.path().startsWith(BRANCHED)
                    ? ErrorResponseException.api(404, 404, "Resource not found")
                    : ErrorResponseException.notServed(request);
        }
        if (route.kind != KeboolaRequest.INDEX) {
            authenticate(request);
        }
        Matcher path = route.path.matcher(plain.path());
        return route.handler.answer(
                plain, path.matches() && path.groupCount() > 0 ? Request.decodePath(path.group(1)) : "");
    }

    private @Nullable Route route(Request request) {
        return routes.stream()
                .filter(route -> route.method.equals(request.method()))
                .filter(route -> route.path.matcher(request.path()).matches())
                .findFirst()
                .orElse(null);
    }

    /** Removes a known branch from the path. An unknown branch, and jobs, which have no branch, stay and are a 404. */
    private static Request unbranched(Request request) {
        Matcher matcher = BRANCH.matcher(request.path());
        boolean known = matcher.matches() && ProjectRoutes.isKnownBranch(matcher.group("branch"));
        return known ? request.withPath(ROOT + matcher.group("rest")) : request;
    }

    private void authenticate(Request request) {
        String given = request.header("x-storageapi-token");
        String bearer = request.header("authorization");
        if (given == null && bearer != null && bearer.startsWith("Bearer ")) {
            given = bearer.substring("Bearer ".length());
        }
        if (given == null || given.isEmpty()) {
            throw ErrorResponseException.api(401, "", "Access token must be set");
        }
        if (!Signer.same(given, token)) {
            throw ErrorResponseException.invalidToken();
        }
    }
}
