// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The JSON errors of Google's APIs. */
final class GoogleErrors implements ServiceErrors {
    @Override
    public Response error(int status) {
        return switch (status) {
            case 401 -> expired();
            case 403 -> of(403, "forbidden", "The caller does not have permission (refused by the test)");
            case 404 -> of(404, "notFound", "Not Found (refused by the test)");
            case 412 -> CloudRefusal.conditionNotMet().json();
            case 429 -> of(429, "rateLimitExceeded", "The rate limit is exceeded (refused by the test)");
            case 503 -> of(503, "backendError", "Service Unavailable (refused by the test)");
            default ->
                status >= 500
                        ? of(status, "internalError", "Internal Error (refused by the test)")
                        : of(status, "invalid", "Refused by the test");
        };
    }

    /** The error of an expired or unknown access token. Google's clients request a new token and repeat the request. */
    @Override
    public Response expired() {
        return located(401, "authError", "Invalid Credentials", "Authorization")
                .with("WWW-Authenticate", "Bearer realm=\"https://accounts.google.com/\", error=\"invalid_token\"");
    }

    static Response of(int status, String reason, String message) {
        return body(status, message, Json.object("message", message, "domain", domain(reason), "reason", reason));
    }

    /** An error that names the header that caused it. */
    static Response located(int status, String reason, String message, String header) {
        return body(
                status,
                message,
                Json.object(
                        "message",
                        message,
                        "domain",
                        domain(reason),
                        "reason",
                        reason,
                        "locationType",
                        "header",
                        "location",
                        header));
    }

    private static Response body(int status, String message, Map<String, @Nullable Object> detail) {
        return Response.json(
                status,
                Json.object("error", Json.object("code", status, "message", message, "errors", List.of(detail))));
    }

    private static String domain(String reason) {
        return reason.equals("rateLimitExceeded") ? "usageLimits" : "global";
    }

    /** A 501 for a route that the fake does not serve. A 404 would look like a missing object. */
    static ErrorResponseException notServed(Request request) {
        return new ErrorResponseException(
                of(501, "notImplemented", "This fake does not serve " + request.method() + " " + request.path()));
    }
}
