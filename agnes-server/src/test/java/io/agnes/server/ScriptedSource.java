// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import io.agnes.core.AgnesException;
import io.agnes.core.TableId;
import io.agnes.core.file.FileDigests;
import io.agnes.core.file.FileDraft;
import io.agnes.core.settings.NoSettings;
import io.agnes.core.settings.SettingsSection;
import io.agnes.core.sync.ConfiguredSource;
import io.agnes.core.sync.Discovered;
import io.agnes.core.sync.DiscoverySource;
import io.agnes.core.sync.FieldProblem;
import io.agnes.core.sync.SourceEnvironment;
import io.agnes.core.sync.SourceType;
import io.agnes.core.sync.SyncProgress;
import io.agnes.core.sync.TableField;
import io.agnes.core.sync.TableSource;
import io.agnes.core.table.TableRecord;
import io.agnes.keboola.KeboolaSourceType;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A source with tables that a test defines. A table that the test does not define has one row with its own id. */
public final class ScriptedSource implements TableSource, DiscoverySource {
    /** The work of a fetch. */
    public interface Script {
        Fetched run(TableRecord table, Optional<String> lastMarker, FileDraft draft)
                throws IOException, InterruptedException;
    }

    private final Map<TableId, Script> scripts = new ConcurrentHashMap<>();
    private final Map<TableId, AgnesException> refusals = new ConcurrentHashMap<>();
    private final Map<String, AgnesException> unreadable = new ConcurrentHashMap<>();
    private volatile AgnesException away;
    private volatile List<Discovered> listed = List.of();
    private final AtomicInteger fetches = new AtomicInteger();

    /** Defines a table as the result of a query. */
    public void holds(String table, String query) {
        does(table, (record, marker, draft) -> copy(query, draft.path(), null));
    }

    /** Defines a table as the result of a query, with the marker of the source's state. */
    public void holds(String table, String query, String marker) {
        does(
                table,
                (record, last, draft) -> last.filter(marker::equals).isPresent()
                        ? new Fetched.Unchanged()
                        : copy(query, draft.path(), marker));
    }

    public void does(String table, Script script) {
        scripts.put(new TableId(table), script);
    }

    /** Defines the tables that the source lists. */
    public void lists(Discovered... tables) {
        listed = List.of(tables);
    }

    @Override
    public List<Discovered> list() {
        return listed;
    }

    /** Makes checks of the table fail with this exception. */
    public void refuses(String table, AgnesException why) {
        refusals.put(new TableId(table), why);
    }

    @Override
    public void check(TableRecord table) {
        AgnesException why = refusals.get(table.id());
        if (why != null) {
            throw why;
        }
    }

    /** Makes checks of the connection fail with this exception. */
    public void isAway(AgnesException why) {
        away = why;
    }

    @Override
    public void checkAccess() {
        AgnesException why = away;
        if (why != null) {
            throw why;
        }
    }

    /** Makes validation fail for this query. By default every query is valid. */
    public void cannotRead(String query, AgnesException why) {
        unreadable.put(query, why);
    }

    /** Configures this as the only source, without settings. */
    public ConfiguredSource<?> configured() {
        return new ConfiguredSource<>(new Type(), new NoSettings());
    }

    private final class Type implements SourceType<NoSettings> {
        @Override
        public String name() {
            return type();
        }

        @Override
        public SettingsSection<NoSettings> settings() {
            return NoSettings.section(type());
        }

        @Override
        public Map<TableField, String> requiredFields() {
            return new KeboolaSourceType().requiredFields();
        }

        @Override
        public List<FieldProblem> problems(TableRecord table) {
            List<FieldProblem> problems = SourceType.super.problems(table);
            AgnesException why = table.sourceQuery() == null ? null : unreadable.get(table.sourceQuery());
            if (why != null) {
                problems.add(new FieldProblem(TableField.SOURCE_QUERY, why.getMessage()));
            }
            return problems;
        }

        @Override
        public TableSource open(NoSettings settings, SourceEnvironment environment) {
            return ScriptedSource.this;
        }
    }

    /** The number of fetches so far. */
    public int fetches() {
        return fetches.get();
    }

    @Override
    public String type() {
        return "keboola";
    }

    @Override
    public Fetched fetch(TableRecord table, Optional<String> lastMarker, FileDraft draft, SyncProgress progress)
            throws IOException, InterruptedException {
        fetches.incrementAndGet();
        Script otherwise = (record, marker, empty) -> copy("SELECT '" + table.id() + "' AS id", empty.path(), null);
        return scripts.getOrDefault(table.id(), otherwise).run(table, lastMarker, draft);
    }

    /** Writes the rows of the query as Parquet. */
    public static Fetched.Table copy(String query, Path file, String marker) throws IOException, InterruptedException {
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duck.createStatement()) {
            long rows = statement.executeUpdate("COPY (" + query + ") TO '" + file + "' (FORMAT parquet)");
            return new Fetched.Table(rows, FileDigests.of(file), marker);
        } catch (SQLException e) {
            throw new IOException(e);
        }
    }
}
