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

/** A source whose tables are what a test says they are; one that it says nothing of has a row with its own id. */
public final class ScriptedSource implements TableSource, DiscoverySource {
    /** What happens when a table is fetched. */
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

    /** The table is the result of this query from now on. */
    public void holds(String table, String query) {
        does(table, (record, marker, draft) -> copy(query, draft.path(), null));
    }

    /** The same, with the state of the source as it is then. */
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

    /** What the source says it has from now on. */
    public void lists(Discovered... tables) {
        listed = List.of(tables);
    }

    @Override
    public List<Discovered> list() {
        return listed;
    }

    /** Asked whether a table could be brought, it says this from now on. */
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

    /** Asked whether it can be reached, it says this from now on. */
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

    /** What it cannot read in a table's query; by default it reads all. */
    public void cannotRead(String query, AgnesException why) {
        unreadable.put(query, why);
    }

    /** The only source of its type, without settings. */
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

    /** How often anything was fetched. */
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

    /** Writes the query's rows as Parquet. */
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
