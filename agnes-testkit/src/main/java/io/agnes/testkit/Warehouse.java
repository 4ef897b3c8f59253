// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The tables of a fake, in one DuckDB database. All work runs in order on one platform thread: a native call on a virtual
 * thread would hold the carrier that the HTTP side needs. The database opens with the first piece of work.
 */
final class Warehouse implements AutoCloseable {
    private static final String MEMORY_LIMIT = "512MB";

    private final Path directory;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(work -> {
        Thread worker = new Thread(work, "fake-warehouse");
        worker.setDaemon(true);
        return worker;
    });
    private final AtomicLong versions = new AtomicLong();
    private @Nullable Connection connection;

    Warehouse(Path directory) {
        this.directory = directory;
    }

    /** A number this warehouse has not given before. */
    long nextVersion() {
        return versions.incrementAndGet();
    }

    <T> Future<T> submit(Callable<T> work) {
        return thread.submit(work);
    }

    /**
     * Runs the work behind all that was submitted before.
     *
     * @throws IllegalArgumentException with DuckDB's words if it refuses the work
     */
    <T> T call(Callable<T> work) {
        try {
            return submit(work).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompletionException(e);
        } catch (ExecutionException e) {
            throw new IllegalArgumentException(String.valueOf(e.getCause()), e.getCause());
        }
    }

    /** Only from within submitted work. A statement serves one command: DuckDB closes it when the command fails. */
    void execute(String sql) throws SQLException {
        try (Statement statement = connection().createStatement()) {
            statement.execute(sql);
        }
    }

    /** Only from within submitted work. */
    long number(String sql) throws SQLException {
        try (Statement statement = connection().createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /** Only from within submitted work: all rows, each cell as text or null. */
    List<List<@Nullable String>> rows(String query) throws SQLException {
        List<List<@Nullable String>> all = new ArrayList<>();
        try (Statement statement = connection().createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                List<@Nullable String> row = new ArrayList<>();
                for (int i = 1; i <= columns; i++) {
                    row.add(rows.getString(i));
                }
                all.add(row);
            }
        }
        return all;
    }

    /** Only from within submitted work: names and DuckDB types of what the query yields. */
    Map<String, String> describe(String query) throws SQLException {
        Map<String, String> types = new LinkedHashMap<>();
        try (Statement statement = connection().createStatement();
                ResultSet rows = statement.executeQuery("DESCRIBE " + query)) {
            while (rows.next()) {
                types.put(rows.getString(1), rows.getString(2));
            }
        }
        return types;
    }

    private Connection connection() throws SQLException {
        if (connection == null) {
            connection = open();
        }
        return connection;
    }

    private Connection open() throws SQLException {
        // In memory: twice as quick for small tables as a file, which syncs; large ones spill into the directory.
        Connection opened = DriverManager.getConnection("jdbc:duckdb:");
        for (String setting : settings()) {
            try (Statement statement = opened.createStatement()) {
                statement.execute(setting);
            }
        }
        return opened;
    }

    private List<String> settings() {
        List<String> settings = new ArrayList<>();
        settings.add("SET memory_limit = " + Sql.text(MEMORY_LIMIT));
        settings.add("SET threads = 2");
        settings.add(
                "SET temp_directory = " + Sql.text(directory.resolve("spill").toString()));
        settings.add("SET autoinstall_known_extensions = false");
        settings.add("SET autoload_known_extensions = false");
        settings.add("SET TimeZone = 'UTC'");
        // Otherwise columns without nulls become REQUIRED and the schemas of two slices differ.
        settings.add("SET disabled_optimizers = 'statistics_propagation'");
        return settings;
    }

    @Override
    public void close() {
        try {
            thread.submit(this::disconnect).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("DuckDB did not close", e.getCause());
        } finally {
            thread.shutdown();
        }
    }

    private @Nullable Void disconnect() throws SQLException {
        if (connection != null) {
            connection.close();
        }
        return null;
    }
}
