// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.client;

import com.google.api.client.googleapis.json.GoogleJsonError;
import com.google.api.client.googleapis.json.GoogleJsonResponseException;
import com.google.api.client.http.HttpResponseException;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An answer of Google that is an error.
 *
 * @param status of HTTP
 * @param reason Google's word for the error, as {@code accessDenied}; empty if there is none
 * @param said Google's sentence for people; {@code no reason given} if there is none
 * @param retryAfter the pause that Google asks for, in the header {@code Retry-After}
 */
record ErrorAnswer(int status, String reason, String said, Optional<Duration> retryAfter) {
    private static final String NO_REASON = "no reason given";
    /** A service that asks for a longer pause gets its next request after this one. */
    private static final long LONGEST_PAUSE_SECONDS = 60;

    static ErrorAnswer of(int status, @Nullable String reason, @Nullable String said) {
        return new ErrorAnswer(status, reason == null ? "" : reason, orNone(said), Optional.empty());
    }

    /** Reads the answer of an API, or of the token service. The body of anything else is not shown. */
    static ErrorAnswer of(HttpResponseException answer) {
        if (answer instanceof GoogleJsonResponseException api && api.getDetails() != null) {
            GoogleJsonError error = api.getDetails();
            return new ErrorAnswer(
                    answer.getStatusCode(), reason(error), orNone(error.getMessage()), retryAfter(answer));
        }
        // {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}
        JsonObject body = object(answer.getContent());
        String reason = text(body, "error").orElse("");
        String said = reason
                + text(body, "error_description").map(more -> ": " + more).orElse("");
        return new ErrorAnswer(answer.getStatusCode(), reason, orNone(said), retryAfter(answer));
    }

    private static String reason(GoogleJsonError error) {
        if (error.getErrors() != null && !error.getErrors().isEmpty()) {
            String reason = error.getErrors().getFirst().getReason();
            return reason == null ? "" : reason;
        }
        return error.get("status") instanceof String status ? status : "";
    }

    private static String orNone(@Nullable String said) {
        return said == null || said.isEmpty() ? NO_REASON : said;
    }

    private static JsonObject object(@Nullable String content) {
        try {
            return content != null && JsonParser.parseString(content) instanceof JsonObject object
                    ? object
                    : new JsonObject();
        } catch (JsonParseException notJson) {
            return new JsonObject();
        }
    }

    private static Optional<String> text(JsonObject object, String field) {
        JsonElement value = object.get(field);
        return value != null && value.isJsonPrimitive() ? Optional.of(value.getAsString()) : Optional.empty();
    }

    /** Only seconds: Google sends no date. */
    private static Optional<Duration> retryAfter(HttpResponseException answer) {
        String text = answer.getHeaders() == null ? null : answer.getHeaders().getRetryAfter();
        if (text == null || !text.matches("[0-9]{1,9}")) {
            return Optional.empty();
        }
        return Optional.of(Duration.ofSeconds(Math.min(Long.parseLong(text), LONGEST_PAUSE_SECONDS)));
    }
}
