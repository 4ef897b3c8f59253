// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;

/**
 * The body of an error: {@code {"error","code","exceptionId","status"}} of the API, {@code {"message",…}} of a job,
 * {@code {"status":"maintenance","estimatedEndTime","reason"}} of a closed project.
 *
 * @param code may be empty
 * @param message may be empty
 * @param exceptionId for Keboola's support; may be empty
 */
record StorageError(String code, String message, String exceptionId, boolean maintenance, String until, String reason) {
    /** The longest message; longer ones are cut. */
    private static final int MESSAGE_CHARS = 500;

    static StorageError read(String body) {
        return JsonFields.parse(body)
                .filter(JsonObject.class::isInstance)
                .map(parsed -> read(parsed.asJsonObject()))
                .orElseGet(() -> read(JsonValue.EMPTY_JSON_OBJECT));
    }

    static StorageError read(JsonObject json) {
        String message = JsonFields.text(json, "message").orElse(JsonFields.textOr(json, "error", ""));
        return new StorageError(
                JsonFields.textOr(json, "code", ""),
                clean(message),
                JsonFields.textOr(json, "exceptionId", ""),
                JsonFields.textOr(json, "status", "").equals("maintenance"),
                JsonFields.textOr(json, "estimatedEndTime", "an unknown time"),
                clean(JsonFields.textOr(json, "reason", "no reason given")));
    }

    String sentence() {
        String said = message.isEmpty() ? "no reason given" : message;
        String named = code.isEmpty() ? said : said + " (" + code + ")";
        return exceptionId.isEmpty() ? named : named + ", exception id " + exceptionId;
    }

    /** Joins the lines and cuts the text. */
    private static String clean(String text) {
        String line = text.replaceAll("\\s+", " ").strip();
        return line.length() <= MESSAGE_CHARS ? line : line.substring(0, MESSAGE_CHARS) + "…";
    }

    /** Whether the body is this error of an object store, in XML or JSON. */
    static boolean names(String body, String code) {
        return body.contains(code);
    }
}
