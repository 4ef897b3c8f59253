// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import io.agnes.testkit.googlesql.InvalidQueryException;
import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An error of {@link FakeBigQuery}: the response to a request, or the end of a job. */
final class GoogleJobException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String reason;
    private final String text;

    /**
     * @param status the HTTP status of the error
     * @param reason BigQuery's reason, for example {@code notFound}
     */
    GoogleJobException(int status, String reason, String text) {
        super(text, null, false, false);
        this.status = status;
        this.reason = reason;
        this.text = text;
    }

    static GoogleJobException invalid(String text) {
        return new GoogleJobException(400, "invalid", text);
    }

    static GoogleJobException invalidQuery(String text) {
        return new GoogleJobException(400, "invalidQuery", text);
    }

    static GoogleJobException notFound(String what) {
        return new GoogleJobException(404, "notFound", "Not found: " + what);
    }

    static GoogleJobException accessDenied(String text) {
        return new GoogleJobException(403, "accessDenied", "Access Denied: " + text);
    }

    /** An error with BigQuery's status for this reason. */
    static GoogleJobException of(String reason, String text) {
        int status = switch (reason) {
            case "accessDenied", "quotaExceeded", "rateLimitExceeded", "responseTooLarge", "billingNotEnabled" -> 403;
            case "notFound" -> 404;
            case "duplicate" -> 409;
            case "internalError", "jobInternalError" -> 500;
            case "notImplemented" -> 501;
            case "backendError" -> 503;
            default -> 400;
        };
        return new GoogleJobException(status, reason, text);
    }

    /** The error for an exception of the warehouse or of the translation of a query. */
    static GoogleJobException of(Throwable failure) {
        Throwable cause = failure.getCause();
        if (failure instanceof IllegalArgumentException && cause != null) {
            return of(cause);
        }
        return switch (failure) {
            case GoogleJobException known -> known;
            case InvalidQueryException refused -> invalidQuery(String.valueOf(refused.getMessage()));
            case IllegalArgumentException refused -> invalid(String.valueOf(refused.getMessage()));
            case SQLException refused ->
                // The lines after the first contain DuckDB's SQL, which is not the client's.
                invalidQuery(
                        String.valueOf(refused.getMessage()).lines().findFirst().orElse("Invalid query"));
            default -> new GoogleJobException(500, "internalError", "This fake has a bug: " + failure);
        };
    }

    String text() {
        return text;
    }

    Response response() {
        return GoogleErrors.of(status, reason, text);
    }

    /** The error in the status of a job. */
    Map<String, @Nullable Object> json() {
        return Json.object("reason", reason, "message", text);
    }
}
