// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The routes of the REST API of BigQuery, version 2, that {@link FakeBigQuery} serves. */
final class BigQueryRoutes {
    private static final String PROJECT = "/bigquery/v2/projects/([^/]+)";
    private static final String SCOPES = "https://www.googleapis.com/auth/";
    private static final Set<String> WRITE_SCOPES = Set.of(SCOPES + "bigquery", SCOPES + "cloud-platform");
    private static final Set<String> READ_SCOPES = Set.of(
            SCOPES + "bigquery",
            SCOPES + "cloud-platform",
            SCOPES + "bigquery.readonly",
            SCOPES + "cloud-platform.read-only");

    private final @Nullable GoogleTokens tokens;
    private final List<Route> routes;

    /** @param tokens the valid access tokens, or null if requests need none */
    BigQueryRoutes(@Nullable GoogleTokens tokens, MetadataRoutes metadata, JobRoutes jobs) {
        this.tokens = tokens;
        String dataset = "/datasets/([^/]+)";
        String table = dataset + "/tables/([^/]+)";
        this.routes = List.of(
                new Route("GET", "/datasets", BigQueryRequest.DATASETS, READ_SCOPES, metadata::datasets),
                new Route("GET", dataset, BigQueryRequest.DATASET, READ_SCOPES, metadata::dataset),
                new Route("GET", dataset + "/tables", BigQueryRequest.TABLES, READ_SCOPES, metadata::tables),
                new Route("GET", table, BigQueryRequest.TABLE, READ_SCOPES, metadata::table),
                new Route("GET", table + "/data", BigQueryRequest.TABLE_DATA, READ_SCOPES, metadata::rows),
                new Route(
                        "GET",
                        table + "/rowAccessPolicies",
                        BigQueryRequest.OTHER,
                        READ_SCOPES,
                        metadata::rowAccessPolicies),
                new Route("POST", "/jobs", BigQueryRequest.JOB_INSERT, WRITE_SCOPES, jobs::insert),
                new Route("GET", "/jobs", BigQueryRequest.OTHER, READ_SCOPES, jobs::list),
                new Route("GET", "/jobs/([^/]+)", BigQueryRequest.JOB, READ_SCOPES, jobs::get),
                new Route("POST", "/jobs/([^/]+)/cancel", BigQueryRequest.JOB_CANCEL, WRITE_SCOPES, jobs::cancel),
                new Route("DELETE", "/jobs/([^/]+)/delete", BigQueryRequest.OTHER, WRITE_SCOPES, jobs::delete),
                new Route("POST", "/queries", BigQueryRequest.QUERY, READ_SCOPES, jobs::query),
                new Route("GET", "/queries/([^/]+)", BigQueryRequest.QUERY_RESULTS, READ_SCOPES, jobs::queryResults));
    }

    interface Handler {
        /** @param path the decoded variable parts of the path, from the project on */
        Response answer(Request request, List<String> path);
    }

    /** @param scopes the scopes of which a token needs one */
    private record Route(String method, Pattern path, BigQueryRequest kind, Set<String> scopes, Handler handler) {
        Route(String method, String path, BigQueryRequest kind, Set<String> scopes, Handler handler) {
            this(method, Pattern.compile(PROJECT + path), kind, scopes, handler);
        }
    }

    /** The kind of a request, whether or not it will succeed. */
    BigQueryRequest kind(Request request) {
        Route route = route(request);
        return route == null ? BigQueryRequest.OTHER : route.kind;
    }

    Response answer(Request request) {
        Route route = route(request);
        if (route == null) {
            throw GoogleErrors.notServed(request);
        }
        authorize(request, route);
        try {
            return route.handler.answer(request, path(request, route));
        } catch (GoogleJobException refusal) {
            return refusal.response();
        }
    }

    private void authorize(Request request, Route route) {
        if (tokens == null) {
            return;
        }
        Set<String> scopes = GoogleTokens.isBearer(request) ? tokens.scopes(request) : null;
        if (scopes == null) {
            throw new ErrorResponseException(new GoogleErrors().expired());
        }
        if (scopes.stream().noneMatch(route.scopes::contains)) {
            throw new ErrorResponseException(
                    GoogleErrors.of(403, "insufficientPermissions", "Request had insufficient authentication scopes."));
        }
    }

    private static List<String> path(Request request, Route route) {
        Matcher matcher = route.path.matcher(request.path());
        List<String> path = new ArrayList<>();
        if (matcher.matches()) {
            for (int i = 1; i <= matcher.groupCount(); i++) {
                path.add(Request.decodePath(matcher.group(i)));
            }
        }
        return path;
    }

    private @Nullable Route route(Request request) {
        return routes.stream()
                .filter(route -> route.method.equals(request.method()))
                .filter(route -> route.path.matcher(request.path()).matches())
                .findFirst()
                .orElse(null);
    }
}
