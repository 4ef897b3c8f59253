package io.agnes.server.cli;

import io.agnes.core.Time;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.util.List;

/** A run on a server, from its trigger to its end. */
final class RemoteRun {
    private static final Duration FIRST_LOOK = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private final ServerClient server;
    private final Time time;

    RemoteRun(ServerClient server, Time time) {
        this.server = server;
        this.time = time;
    }

    /**
     * Starts a run and waits until it is over; the server bounds how long that takes.
     *
     * @param tables ids or names; empty for all
     */
    JsonObject complete(List<String> tables) throws InterruptedException {
        JsonObject triggered = tables.isEmpty()
                ? server.post("/api/sync/trigger", null)
                : server.post(
                        "/api/sync/trigger", Json.createArrayBuilder(tables).build());
        String path = "/api/sync/runs/" + triggered.getString("run_id");
        Duration pause = FIRST_LOOK;
        JsonObject run = server.get(path);
        while (run.getString("status").equals("running")) {
            time.sleep(pause);
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            run = server.get(path);
        }
        return run;
    }

    static boolean failed(JsonValue outcome) {
        return outcome.asJsonObject().getString("outcome").equals("failed");
    }

    /** An outcome in one line. */
    static String describe(JsonObject outcome) {
        String word = outcome.getString("outcome");
        return switch (word) {
            case "published" ->
                "published, %,d rows, %,d bytes"
                        .formatted(
                                outcome.getJsonNumber("rows").longValueExact(),
                                outcome.getJsonNumber("size_bytes").longValueExact());
            case "failed" -> "failed (" + outcome.getString("code") + "): " + outcome.getString("message");
            case "skipped" -> "skipped: " + outcome.getString("reason");
            default -> word;
        };
    }
}
