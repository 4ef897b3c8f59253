// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import jakarta.json.JsonObject;

/**
 * A Storage job as of one look at it. States are {@code waiting}, {@code processing}, {@code success} and {@code error};
 * there is no way to cancel one.
 */
sealed interface ExportJob {
    /** Its id. */
    String id();

    /**
     * Not at its end; also for states that nobody knows.
     *
     * @param status as Keboola says
     */
    record Running(String id, String status) implements ExportJob {}

    /** The export is in that file. */
    record Done(String id, String file) implements ExportJob {}

    /**
     * It ended without a file.
     *
     * @param message for people, with code and exception id if there are any
     */
    record Failed(String id, String message) implements ExportJob {}

    /** Reads one; the error object of a failed one may be missing or partial, and the results null, a list or an object. */
    static ExportJob read(JsonObject json) {
        String id = JsonFields.textOr(json, "id", "unknown");
        return switch (JsonFields.textOr(json, "status", "unknown")) {
            case "success" -> done(id, JsonFields.object(JsonFields.object(json, "results"), "file"));
            case "error" ->
                new Failed(id, StorageError.read(JsonFields.object(json, "error")).sentence());
            case String status -> new Running(id, status);
        };
    }

    private static ExportJob done(String id, JsonObject file) {
        return JsonFields.text(file, "id")
                .<ExportJob>map(value -> new Done(id, value))
                .orElseGet(() -> new Failed(id, "the job succeeded but names no file"));
    }
}
