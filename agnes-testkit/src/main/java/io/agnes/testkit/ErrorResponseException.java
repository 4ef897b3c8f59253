// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Ends the handling of a request with an error response. */
final class ErrorResponseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Response answer;

    ErrorResponseException(Response answer) {
        super("HTTP " + answer.status(), null, false, false);
        this.answer = answer;
    }

    /** An error of the Storage API: a JSON object with error, code, exceptionId and status. */
    static ErrorResponseException api(int status, @Nullable Object code, String message) {
        return new ErrorResponseException(Response.json(
                status, Json.object("error", message, "code", code, "exceptionId", exceptionId(), "status", "error")));
    }

    static ErrorResponseException invalidToken() {
        return api(401, "storage.tokenInvalid", "Invalid access token");
    }

    /** A 501 for a route that the fake does not serve. A 404 would look like a mistake in the request. */
    static ErrorResponseException notServed(Request request) {
        return api(
                501,
                "notImplemented",
                "This fake of Keboola does not serve " + request.method() + " " + request.path());
    }

    static ErrorResponseException invalid(String message) {
        return api(400, "storage.tables.validation", message);
    }

    static String exceptionId() {
        return "keboola-connection-" + UUID.randomUUID().toString().replace("-", "");
    }

    Response answer() {
        return answer;
    }
}
