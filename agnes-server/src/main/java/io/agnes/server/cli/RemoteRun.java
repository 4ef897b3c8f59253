// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.Time;
import io.agnes.core.sync.RunId;
import jakarta.json.Json;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** Starts, watches and cancels runs on a server. */
final class RemoteRun {
    private static final Duration FIRST_LOOK = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
    private static final int LONGEST_RUN_HOURS = 24;
    private static final int CONFLICT = 409;

    /** The outcome of a trigger. */
    sealed interface TriggerResult {
        /** A new run started. */
        record Started(RunId run) implements TriggerResult {}

        /** Another run is active, so no run started. */
        record Busy(RunId run, String startedAt) implements TriggerResult {}
    }

    /** The state of a run at the time of the request. The fields in use have been checked against the contract. */
    record State(RunId run, String status, JsonObject json) {
        JsonObject tables() {
            return json.getJsonObject("tables");
        }

        boolean ended() {
            return !status.equals("running");
        }

        /** The progress of the run, in one line. */
        String now() {
            StringBuilder now = new StringBuilder(tables().size() + " tables done");
            if (json.get("progress") instanceof JsonObject progress) {
                progress.forEach((table, value) -> now.append(", ").append(now(table, value.asJsonObject())));
            }
            return now.toString();
        }

        private static String now(String table, JsonObject progress) {
            double mib = 1 << 20;
            String phase = ServerText.of(table + " " + progress.getString("phase"));
            long bytes = progress.getJsonNumber("bytes").longValue();
            boolean total = progress.get("total_bytes") instanceof JsonNumber number && number.longValue() > 0;
            if (total) {
                return String.format(
                        Locale.ROOT,
                        "%s %.1f/%.1f MiB",
                        phase,
                        bytes / mib,
                        progress.getJsonNumber("total_bytes").longValue() / mib);
            }
            return bytes > 0 ? String.format(Locale.ROOT, "%s %.1f MiB", phase, bytes / mib) : phase;
        }
    }

    private final ServerClient server;
    private final Time time;

    RemoteRun(ServerClient server, Time time) {
        this.server = server;
        this.time = time;
    }

    /**
     * Starts a run and waits until it ends. Another active run is a failure.
     *
     * @param tables ids or names; empty for all tables
     */
    JsonObject complete(List<String> tables) throws InterruptedException {
        return switch (begin(tables)) {
            case TriggerResult.Started started ->
                await(started.run(), state -> {}).json();
            case TriggerResult.Busy busy -> throw CommandException.wrong("run " + busy.run() + " is at work");
        };
    }

    /** @param tables ids or names; empty for all tables */
    TriggerResult begin(List<String> tables) {
        ServerClient.Answer answer = server.tryPost(
                "/api/sync/trigger",
                tables.isEmpty() ? null : Json.createArrayBuilder(tables).build());
        if (answer.status() == CONFLICT && text(answer.body(), "code").equals("sync_already_in_progress")) {
            return new TriggerResult.Busy(id(answer.body()), ServerText.of(text(answer.body(), "started_at")));
        }
        if (!answer.good()) {
            throw server.refusal(answer);
        }
        return new TriggerResult.Started(id(answer.body()));
    }

    private RunId id(JsonObject body) {
        return RunId.parse(text(body, "run_id")).orElseThrow(() -> malformed("it names no run"));
    }

    /** Waits until the run ends, at most one day. */
    State await(RunId run, Consumer<State> watcher) throws InterruptedException {
        long start = time.nanos();
        Duration pause = FIRST_LOOK;
        State state = look(run);
        watcher.accept(state);
        while (!state.ended()) {
            if (time.since(start).toHours() >= LONGEST_RUN_HOURS) {
                throw CommandException.runTooLong(
                        run.value(), server.server().toString(), LONGEST_RUN_HOURS + " hours");
            }
            time.sleep(pause);
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            state = look(run);
            watcher.accept(state);
        }
        return state;
    }

    private State look(RunId run) {
        JsonObject json = server.get(path(run));
        boolean good = json.get("status") instanceof JsonString
                && json.get("tables") instanceof JsonObject tables
                && tables.values().stream().allMatch(RemoteRun::isOutcome)
                && (!(json.get("progress") instanceof JsonObject progress)
                        || progress.values().stream().allMatch(RemoteRun::isProgress));
        if (!good) {
            throw malformed("it is no run");
        }
        return new State(run, ServerText.of(json.getString("status")), json);
    }

    private static boolean isProgress(JsonValue value) {
        return value instanceof JsonObject progress
                && progress.get("phase") instanceof JsonString
                && isCount(progress.get("bytes"));
    }

    /** Whether the value has the fields that {@link #describe} reads. */
    private static boolean isOutcome(JsonValue value) {
        return value instanceof JsonObject outcome
                && outcome.get("outcome") instanceof JsonString word
                && switch (word.getString()) {
                    case "published" -> isCount(outcome.get("rows")) && isCount(outcome.get("size_bytes"));
                    case "failed" -> areTexts(outcome, "code", "message");
                    case "skipped" -> areTexts(outcome, "reason");
                    default -> true;
                };
    }

    private static boolean areTexts(JsonObject object, String... names) {
        for (String name : names) {
            if (!(object.get(name) instanceof JsonString)) {
                return false;
            }
        }
        return true;
    }

    /** Checks the text of the number, because a number may have a million digits. */
    private static boolean isCount(@org.jspecify.annotations.Nullable JsonValue value) {
        return value instanceof JsonNumber number && number.toString().matches("[0-9]{1,18}");
    }

    private static String text(JsonObject object, String name) {
        return object.get(name) instanceof JsonString text ? text.getString() : "";
    }

    private CommandException malformed(String why) {
        return CommandException.malformed(server.server().toString(), "/api/sync", why);
    }

    /** Cancels a run and returns when it has ended. */
    void cancel(RunId run) {
        server.delete(path(run));
    }

    private static String path(RunId run) {
        return "/api/sync/runs/" + run;
    }

    static boolean failed(JsonValue outcome) {
        return outcome.asJsonObject().getString("outcome").equals("failed");
    }

    /** The outcome of a table in one line. */
    static String describe(JsonObject outcome) {
        String word = outcome.getString("outcome");
        return switch (word) {
            case "published" ->
                String.format(
                        Locale.ROOT,
                        "published, %,d rows, %,d bytes",
                        outcome.getJsonNumber("rows").longValueExact(),
                        outcome.getJsonNumber("size_bytes").longValueExact());
            case "failed" ->
                ServerText.of("failed (" + outcome.getString("code") + "): " + outcome.getString("message"));
            case "skipped" -> ServerText.of("skipped: " + outcome.getString("reason"));
            default -> ServerText.of(word);
        };
    }

    /** The lines of the outcomes that are not in {@code seen} yet. */
    static List<String> fresh(State state, Map<String, JsonValue> seen) {
        return state.tables().entrySet().stream()
                .filter(table -> seen.putIfAbsent(table.getKey(), table.getValue()) == null)
                .map(table -> String.format(
                        Locale.ROOT,
                        "%-40s %s",
                        ServerText.of(table.getKey()),
                        describe(table.getValue().asJsonObject())))
                .toList();
    }
}
