// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import io.agnes.core.AgnesException;
import io.agnes.core.TableId;
import io.agnes.core.sync.Backoff;
import io.agnes.core.sync.LastAttempt;
import io.agnes.core.sync.RunId;
import io.agnes.core.sync.RunLog;
import io.agnes.core.sync.RunOwner;
import io.agnes.core.sync.ScheduleState;
import io.agnes.core.sync.SyncRun;
import io.agnes.core.sync.TableOutcome;
import io.agnes.server.audit.AuditAction;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import java.io.StringReader;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Runs and their outcomes in the registry. The run at work and the last success are read through a {@link CachedRead}, as open
 * routes ask for them.
 */
public final class RegistryRuns implements RunLog, ScheduleState {
    private final Database database;
    private final CachedRead<Optional<SyncRun>> running;
    private final CachedRead<Optional<Instant>> lastSuccess;

    /** The runs in that database. */
    public RegistryRuns(Database database) {
        this.database = database;
        this.running = new CachedRead<>(database, TableGroup.RUNS, RegistryRuns::running);
        this.lastSuccess = new CachedRead<>(database, TableGroup.RUNS, RegistryRuns::lastSuccess);
    }

    @Override
    public Start start(SyncRun run) {
        return database.write(session -> {
            Optional<SyncRun> other = running(session);
            if (other.isPresent()) {
                return new Start.AlreadyRunning(other.get());
            }
            session.update(
                    """
                    INSERT INTO sync_run (id, owner, started_by, started_at, targets, status)
                    VALUES (?, ?, ?, ?, list_filter(string_split(?, ','), lambda target: target <> ''), ?)""",
                    run.id().value(),
                    run.owner().name(),
                    run.startedBy(),
                    run.startedAt(),
                    run.targets().stream().map(TableId::value).collect(Collectors.joining(",")),
                    run.status().text());
            session.update("""
                    INSERT INTO sync_attempt (table_id, started_at, failures, permanent)
                    SELECT r.id, s.started_at, 0, false FROM table_registry r, sync_run s
                    WHERE s.id = ? AND r.query_mode <> 'remote' AND (len(s.targets) = 0 OR list_contains(s.targets, r.id))
                    ON CONFLICT (table_id) DO UPDATE SET started_at = excluded.started_at, ended_at = NULL""", run.id().value());
            session.auditForOrigin(
                    run.startedBy(), AuditAction.SYNC_TRIGGERED, run.id().value());
            return new Start.Started();
        });
    }

    @Override
    public Optional<SyncRun> running() {
        return running.get();
    }

    private static Optional<SyncRun> running(Session session) throws SQLException {
        return session
                .query(
                        "SELECT * FROM sync_run WHERE status = ? ORDER BY started_at DESC LIMIT 1",
                        row -> run(session, row),
                        SyncRun.Status.RUNNING.text())
                .stream()
                .findFirst();
    }

    @Override
    public void finished(RunId run, TableId table, TableOutcome outcome, Instant at) {
        database.write(session -> {
            session.update(
                    """
                    INSERT INTO sync_run_table (run_id, table_id, outcome, outcome_json, finished_at)
                    VALUES (?, ?, ?, ?, ?)""",
                    run.value(),
                    table.value(),
                    outcome.word(),
                    json(outcome).toString(),
                    at);
            LastAttempt attempt =
                    attempts(session, " WHERE table_id = ?", table.value()).get(table);
            String error = outcome instanceof TableOutcome.Failed failed ? failed.message() : null;
            return attempt == null ? 0 : store(session, table, attempt.ended(outcome, at), error);
        });
    }

    @Override
    public Map<TableId, String> lastErrors() {
        Map<TableId, String> errors = new LinkedHashMap<>();
        database.read(session -> session.query(
                "SELECT table_id, error FROM sync_attempt WHERE failures > 0 AND error IS NOT NULL",
                row -> errors.put(new TableId(row.getString("table_id")), row.getString("error"))));
        return errors;
    }

    @Override
    public Map<TableId, LastAttempt> lastAttempts() {
        return database.read(session -> attempts(session, ""));
    }

    private static Map<TableId, LastAttempt> attempts(Session session, String where, Object... parameters)
            throws SQLException {
        Map<TableId, LastAttempt> attempts = new LinkedHashMap<>();
        session.query(
                "SELECT table_id, started_at, ended_at, failures, permanent FROM sync_attempt" + where,
                row -> attempts.put(
                        new TableId(row.getString("table_id")),
                        new LastAttempt(
                                Statements.instant(row, "started_at"),
                                Statements.nullableInstant(row, "ended_at"),
                                new Backoff(row.getInt("failures"), row.getBoolean("permanent")))),
                parameters);
        return attempts;
    }

    private static int store(Session session, TableId table, LastAttempt attempt, @Nullable String error)
            throws SQLException {
        return session.update(
                "UPDATE sync_attempt SET ended_at = ?, failures = ?, permanent = ?, error = ? WHERE table_id = ?",
                attempt.endedAt(),
                attempt.backoff().failures(),
                attempt.backoff().permanent(),
                error,
                table.value());
    }

    @Override
    public void finished(RunId run, SyncRun.Status status, Instant at) {
        database.write(session -> session.update(
                "UPDATE sync_run SET status = ?, finished_at = ? WHERE id = ?", status.text(), at, run.value()));
    }

    @Override
    public Optional<Instant> lastSuccess() {
        return lastSuccess.get();
    }

    private static Optional<Instant> lastSuccess(Session session) throws SQLException {
        return session
                .query(
                        "SELECT finished_at FROM sync_run WHERE status = ? AND finished_at IS NOT NULL"
                                + " ORDER BY finished_at DESC LIMIT 1",
                        row -> Statements.instant(row, "finished_at"),
                        SyncRun.Status.SUCCEEDED.text())
                .stream()
                .findFirst();
    }

    @Override
    public int interruptLeftovers(RunOwner owner, Instant at) {
        return database.write(session -> {
            List<TableId> undone = session.query(
                    """
                    SELECT DISTINCT a.table_id FROM sync_attempt a, sync_run s
                    WHERE s.status = ? AND s.owner = ? AND a.started_at = s.started_at AND a.ended_at IS NULL""", row -> new TableId(row.getString("table_id")), SyncRun.Status.RUNNING.text(), owner.name());
            Map<TableId, LastAttempt> attempts = attempts(session, "");
            for (TableId table : undone) {
                LastAttempt attempt = attempts.get(table);
                if (attempt != null) {
                    store(session, table, attempt.interrupted(at), "the process ended before the table did");
                }
            }
            return session.update(
                    "UPDATE sync_run SET status = ?, finished_at = ? WHERE status = ? AND owner = ?",
                    SyncRun.Status.INTERRUPTED.text(),
                    at,
                    SyncRun.Status.RUNNING.text(),
                    owner.name());
        });
    }

    @Override
    public Optional<SyncRun> find(RunId run) {
        List<SyncRun> found = database.read(
                session -> session.query("SELECT * FROM sync_run WHERE id = ?", row -> run(session, row), run.value()));
        return found.stream().findFirst();
    }

    @Override
    public List<SyncRun> newest(Optional<RunId> before, int limit) {
        String all = "SELECT * FROM sync_run ";
        String older = "WHERE (started_at, id) < (SELECT (started_at, id) FROM sync_run WHERE id = ?) ";
        String newestFirst = "ORDER BY started_at DESC, id DESC LIMIT ?";
        return database.read(session -> before.isEmpty()
                ? session.query(all + newestFirst, row -> run(session, row), limit)
                : session.query(
                        all + older + newestFirst,
                        row -> run(session, row),
                        before.get().value(),
                        limit));
    }

    private static SyncRun run(Session session, ResultSet row) throws SQLException {
        RunId id = new RunId(row.getString("id"));
        return new SyncRun(
                id,
                new RunOwner(row.getString("owner")),
                row.getString("started_by"),
                Statements.instant(row, "started_at"),
                Statements.strings(row, "targets").stream().map(TableId::new).toList(),
                SyncRun.Status.valueOf(row.getString("status").toUpperCase(Locale.ROOT)),
                Statements.nullableInstant(row, "finished_at"),
                outcomes(session, id));
    }

    private static Map<TableId, TableOutcome> outcomes(Session session, RunId run) throws SQLException {
        Map<TableId, TableOutcome> outcomes = new LinkedHashMap<>();
        session.query(
                "SELECT table_id, outcome, outcome_json FROM sync_run_table WHERE run_id = ? ORDER BY rowid",
                row -> outcomes.put(
                        new TableId(row.getString("table_id")),
                        outcome(row.getString("outcome"), object(row.getString("outcome_json")))),
                run.value());
        return outcomes;
    }

    private static JsonObject json(TableOutcome outcome) {
        JsonObjectBuilder json = Json.createObjectBuilder();
        switch (outcome) {
            case TableOutcome.Published published ->
                json.add("sequence", published.sequence())
                        .add("rows", published.rows())
                        .add("bytes", published.bytes())
                        .add("notes", Json.createArrayBuilder(published.notes()));
            case TableOutcome.Unchanged unchanged -> {}
            case TableOutcome.Skipped skipped -> json.add("reason", skipped.reason());
            case TableOutcome.RefusedEmpty refused -> json.add("previous_rows", refused.previousRows());
            case TableOutcome.Failed failed ->
                json.add("kind", failed.kind().name())
                        .add("code", failed.code())
                        .add("message", failed.message());
        }
        return json.build();
    }

    private static TableOutcome outcome(String word, JsonObject json) {
        return switch (word) {
            case "published" ->
                new TableOutcome.Published(
                        json.getJsonNumber("sequence").longValueExact(),
                        json.getJsonNumber("rows").longValueExact(),
                        json.getJsonNumber("bytes").longValueExact(),
                        json.getJsonArray("notes").getValuesAs(JsonString::getString));
            case "unchanged" -> new TableOutcome.Unchanged();
            case "skipped" -> new TableOutcome.Skipped(json.getString("reason"));
            case "refused_empty" ->
                new TableOutcome.RefusedEmpty(
                        json.getJsonNumber("previous_rows").longValueExact());
            case "failed" ->
                new TableOutcome.Failed(
                        AgnesException.Kind.valueOf(json.getString("kind")),
                        json.getString("code"),
                        json.getString("message"));
            default -> throw new IllegalStateException("an outcome that no version of this program wrote: " + word);
        };
    }

    private static JsonObject object(String json) {
        try (JsonReader reader = Json.createReader(new StringReader(json))) {
            return reader.readObject();
        }
    }
}
