// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import jakarta.json.JsonObject;

/**
 * The state of a Storage job at one poll. States are {@code waiting}, {@code processing}, {@code success} and {@code error};
 * a job cannot be cancelled.
 */
sealed interface ExportJob {
    /** Its id. */
    String id();

    /**
     * The job is not finished. States that are unknown to this client count as running.
     *
     * @param status as Keboola reports it
     */
    record Running(String id, String status) implements ExportJob {}

    /** The job wrote the export to a file. */
    record Done(String id, String file) implements ExportJob {}

    /**
     * The job failed.
     *
     * @param message for people, with code and exception id if there are any
     */
    record Failed(String id, String message) implements ExportJob {}

    /** Reads a job. The error object of a failed one may be missing or partial, and the results null, a list or an object. */
    static ExportJob read(JsonObject json) {
        String id = JsonFields.textOr(json, "id", "unknown");
        return switch (JsonFields.textOr(json, "status", "unknown")) {
            case "success" -> done(id, JsonFields.object(JsonFields.object(json, "results"), "file"));
            case "error" ->
                new Failed(
                        id, StorageError.read(JsonFields.object(json, "error")).sentence());
            case String status -> new Running(id, status);
        };
    }

    private static ExportJob done(String id, JsonObject file) {
        return JsonFields.text(file, "id")
                .<ExportJob>map(value -> new Done(id, value))
                .orElseGet(() -> new Failed(id, "the job succeeded but names no file"));
    }
}
