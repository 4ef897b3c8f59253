// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An answer that ends the handling of a request early. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Answer answer;

    Refusal(Answer answer) {
        super("HTTP " + answer.status(), null, false, false);
        this.answer = answer;
    }

    /** In the shape of the Storage API: error, code, exceptionId, status. */
    static Refusal api(int status, @Nullable Object code, String message) {
        return new Refusal(Answer.json(
                status, Json.object("error", message, "code", code, "exceptionId", exceptionId(), "status", "error")));
    }

    static Refusal invalidToken() {
        return api(401, "storage.tokenInvalid", "Invalid access token");
    }

    /** Not the API's own 404, behind which one would look for the mistake in the request. */
    static Refusal notServed(Request request) {
        return api(
                501,
                "notImplemented",
                "This fake of Keboola does not serve " + request.method() + " " + request.path());
    }

    static Refusal invalid(String message) {
        return api(400, "storage.tables.validation", message);
    }

    static String exceptionId() {
        return "keboola-connection-" + UUID.randomUUID().toString().replace("-", "");
    }

    Answer answer() {
        return answer;
    }
}
