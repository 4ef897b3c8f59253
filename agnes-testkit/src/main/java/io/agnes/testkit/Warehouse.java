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
import java.util.function.BiFunction;
import org.duckdb.DuckDBFunctions;
import org.duckdb.DuckDBScalarFunctionBuilder;
import org.jspecify.annotations.Nullable;

/**
 * The tables of a fake in one in-memory DuckDB database. All tasks run in order on one platform thread, because a native call
 * on a virtual thread would block a carrier that the HTTP server needs. The first task opens the database.
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

    /** A new number, unique in this warehouse. */
    long nextVersion() {
        return versions.incrementAndGet();
    }

    <T> Future<T> submit(Callable<T> work) {
        return thread.submit(work);
    }

    /**
     * Runs a task after all tasks submitted before, and waits for it.
     *
     * @throws IllegalArgumentException with the task's error message if the task fails
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

    /**
     * Runs a statement; only within a submitted task. Each call has its own JDBC statement, since DuckDB closes a failed
     * one.
     */
    void execute(String sql) throws SQLException {
        try (Statement statement = connection().createStatement()) {
            statement.execute(sql);
        }
    }

    /** Creates a function of DuckDB that returns text, or NULL if an argument is NULL; only within a submitted task. */
    <L, R> void define(String name, Class<L> left, Class<R> right, BiFunction<L, R, String> function)
            throws SQLException {
        try (DuckDBScalarFunctionBuilder builder = DuckDBFunctions.scalarFunction()) {
            builder.withName(name)
                    .withParameters(left, right)
                    .withReturnType(String.class)
                    // DuckDB's own handling of NULL passes NULLs on within a vector.
                    .withFunction((L first, R second) ->
                            first == null || second == null ? null : function.apply(first, second))
                    .register(connection());
        }
    }

    /** The first number of a query's first row; only within a submitted task. */
    long number(String sql) throws SQLException {
        try (Statement statement = connection().createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /** All rows of a query, each cell as text or null; only within a submitted task. */
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

    /** The DuckDB type of each column of a query, by name; only within a submitted task. */
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
        // For small tables a database in memory is twice as fast as a file, which syncs; large tables spill to the
        // directory.
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
        // This optimizer would mark columns without NULLs as REQUIRED, so the schemas of two slices would differ.
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
