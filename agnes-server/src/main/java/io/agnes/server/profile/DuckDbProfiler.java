package io.agnes.server.profile;

import io.agnes.core.sync.TableProfiler;
import io.agnes.core.table.TableProfile;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Measures with DuckDB: one file at a time, in a database in memory that may open that file and nothing else, so that a
 * damaged file can take no other down. At most {@value #MEMORY_LIMIT} and the first {@value #MOST_COLUMNS} columns.
 */
public final class DuckDbProfiler implements TableProfiler, AutoCloseable {
    private static final String MEMORY_LIMIT = "256MB";
    private static final int MOST_COLUMNS = 500;
    private static final int LONGEST_VALUE = 200;
    private static final int FIGURES = 4;

    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("profile").factory());

    @Override
    public TableProfile profile(Path file) throws IOException, InterruptedException {
        Future<TableProfile> profile = thread.submit(() -> measure(file));
        try {
            return profile.get();
        } catch (InterruptedException e) {
            profile.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            throw new IOException("DuckDB could not measure the file", e.getCause());
        }
    }

    private static TableProfile measure(Path file) throws SQLException {
        Properties settings = new Properties();
        settings.setProperty("memory_limit", MEMORY_LIMIT);
        settings.setProperty("threads", "1");
        settings.setProperty("autoinstall_known_extensions", "false");
        settings.setProperty("autoload_known_extensions", "false");
        String path = file.toAbsolutePath().toString().replace("'", "''");
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:", settings)) {
            execute(connection, "SET allowed_paths = ['" + path + "']");
            execute(connection, "SET enable_external_access = false");
            execute(connection, "SET lock_configuration = true");
            List<String> columns = columns(connection, path);
            return measure(connection, path, columns);
        }
    }

    private static List<String> columns(Connection connection, String path) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("DESCRIBE SELECT * FROM read_parquet('" + path + "')")) {
            List<String> columns = new ArrayList<>();
            while (rows.next() && columns.size() < MOST_COLUMNS) {
                columns.add(rows.getString("column_name"));
            }
            return columns;
        }
    }

    private static TableProfile measure(Connection connection, String path, List<String> columns) throws SQLException {
        StringBuilder sql = new StringBuilder("SELECT count(*)");
        for (String column : columns) {
            String name = '"' + column.replace("\"", "\"\"") + '"';
            sql.append(", count(*) - count(%s), left(min(%s)::VARCHAR, %d), left(max(%s)::VARCHAR, %d)"
                    .formatted(name, name, LONGEST_VALUE, name, LONGEST_VALUE));
            sql.append(", approx_count_distinct(").append(name).append(')');
        }
        sql.append(" FROM read_parquet('").append(path).append("')");
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql.toString())) {
            row.next();
            List<TableProfile.Column> measured = new ArrayList<>();
            for (int i = 0; i < columns.size(); i++) {
                int at = 2 + i * FIGURES;
                measured.add(new TableProfile.Column(
                        columns.get(i),
                        row.getLong(at),
                        row.getString(at + 1),
                        row.getString(at + 2),
                        row.getLong(at + 3)));
            }
            return new TableProfile(row.getLong(1), measured);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Ends the thread; what is being measured is given up. */
    @Override
    public void close() {
        thread.shutdownNow();
    }
}
