// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.duckdb;

import io.agnes.core.CoreException;
import io.agnes.core.composite.Part;
import io.agnes.core.file.FileStore;
import io.agnes.core.parquet.ParquetFile;
import io.agnes.core.work.Task;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CancellationException;
import org.duckdb.DuckDBDriver;
import org.jspecify.annotations.Nullable;

/**
 * An in-memory DuckDB database for one task. It runs with one thread and may access only the files and directories of its
 * {@link Workspace}. The same task on the same files writes the same bytes. Only the thread that runs the task may use it.
 */
public final class DuckDb {
    /** DuckDB buffers a row group until it is complete. This bounds its share of the memory when rows are a megabyte long. */
    private static final int ROW_GROUPS_IN_MEMORY = 8;

    private final Connection connection;
    private final Workspace workspace;
    private final long memoryLimitBytes;
    private final String what;
    private volatile @Nullable Statement running;

    private DuckDb(Connection connection, Workspace workspace, long memoryLimitBytes, String what) {
        this.connection = connection;
        this.workspace = workspace;
        this.memoryLimitBytes = memoryLimitBytes;
        this.what = what;
    }

    /** A task that uses a database. */
    @FunctionalInterface
    public interface Work<T> {
        /** Runs the task. The database is closed when this method returns. */
        T run(DuckDb database) throws IOException, InterruptedException;
    }

    /**
     * Runs the task on a platform thread and waits for it; on a virtual thread a native call would block the carrier. An
     * interrupt cancels the running statement and waits until the task ends. The spill directory is deleted; only files that
     * the task wrote remain.
     *
     * @param memoryLimitBytes DuckDB's memory limit; beyond it DuckDB writes to the workspace's spill directory
     * @param what names the data of the task in error messages
     * @throws DuckDbException if DuckDB fails
     */
    public static <T> T run(Workspace workspace, long memoryLimitBytes, String what, Work<T> work)
            throws IOException, InterruptedException {
        try {
            return await(workspace, memoryLimitBytes, what, work);
        } finally {
            if (workspace.spill().isPresent()) {
                FileStore.system().deleteTree(workspace.spill().get());
            }
        }
    }

    private static <T> T await(Workspace workspace, long memoryLimitBytes, String what, Work<T> work)
            throws IOException, InterruptedException {
        Cancellation cancellation = new Cancellation();
        Thread.Builder thread = Thread.ofPlatform().name("agnes-duckdb").daemon(true);
        try (Task<T> task = Task.start(
                thread, () -> open(cancellation, workspace, memoryLimitBytes, what, work), cancellation::cancel)) {
            return task.await();
        }
    }

    private static <T> T open(
            Cancellation cancellation, Workspace workspace, long memoryLimitBytes, String what, Work<T> work)
            throws IOException, InterruptedException {
        Properties limits = new Properties();
        limits.putAll(new DuckDbLimits(memoryLimitBytes, workspace.spill()).settings());
        try (Connection connection = new DuckDBDriver().connect("jdbc:duckdb:", limits)) {
            DuckDb database = new DuckDb(connection, workspace, memoryLimitBytes, what);
            database.configure();
            return work.run(cancellation.register(database));
        } catch (SQLException e) {
            throw failure(what, workspace, e);
        }
    }

    /** Sets allowed paths and options that make the output reproducible, then locks the configuration. */
    private void configure() throws IOException {
        for (String setting : List.of(
                // One thread keeps the order of one scan without it; with it DuckDB refuses ROW_GROUP_SIZE_BYTES.
                "preserve_insertion_order = " + workspace.ordered(),
                "TimeZone = 'UTC'",
                // This optimizer would mark a column without NULLs as REQUIRED, so files of one table would differ in
                // schema.
                "disabled_optimizers = 'statistics_propagation'",
                "allowed_directories = " + Sql.texts(workspace.allowedDirectories()),
                "allowed_paths = " + Sql.texts(workspace.allowedFiles()),
                "enable_external_access = false",
                "lock_configuration = true")) {
            execute("SET " + setting);
        }
    }

    /** Writes the rows of a query to one Parquet file, compressed with Snappy. */
    public void writeParquet(String query, Path target) throws IOException {
        String bound = workspace.ordered() ? "" : ", ROW_GROUP_SIZE_BYTES " + memoryLimitBytes / ROW_GROUPS_IN_MEMORY;
        execute("COPY (" + query + ") TO " + Sql.text(target.toAbsolutePath().toString())
                + " (FORMAT parquet, COMPRESSION snappy" + bound + ")");
    }

    /**
     * Writes the rows of a query to one Parquet file, reads the file again and compares it with the query: the number of
     * rows, and for each column the number of values and the sum of their hashes. The query runs twice.
     *
     * @return the number of rows in the file's footer
     * @throws CoreException {@code conversion_damaged} if the file differs from the query; the file is deleted
     */
    public long writeVerifiedParquet(String query, Path target) throws IOException, InterruptedException {
        List<String> names = texts("SELECT column_name FROM (DESCRIBE " + query + ")");
        List<String> items = names.stream().map(Sql::name).toList();
        ColumnSums expected = ColumnSums.of(this, names, items, "(" + query + ")");
        writeParquet(query, target);
        Optional<String> damage = expected.difference(
                ColumnSums.of(this, names, items, ParquetScan.of(target).sql()));
        if (damage.isPresent()) {
            FileStore.system().delete(target);
            throw CoreException.conversionDamaged(what, damage.get());
        }
        return written(target).rows();
    }

    /** Reads the footer of a file that this database wrote. */
    ParquetFile written(Path target) throws IOException, InterruptedException {
        try (Part part = Part.of(target)) {
            return switch (ParquetFile.inspect(part)) {
                case ParquetFile.Inspection.Opened opened -> opened.file();
                case ParquetFile.Inspection.Unreadable unreadable ->
                    throw CoreException.conversionDamaged(
                            what, unreadable.reason().message());
            };
        }
    }

    /** Runs a statement. */
    public void execute(String sql) throws DuckDbException {
        with(statement -> statement.execute(sql));
    }

    /** The rows of a query, each value as DuckDB prints it. All rows are held in memory. */
    public List<List<@Nullable String>> rows(String sql) throws DuckDbException {
        return with(statement -> {
            try (ResultSet found = statement.executeQuery(sql)) {
                int columns = found.getMetaData().getColumnCount();
                List<List<@Nullable String>> rows = new ArrayList<>();
                while (found.next()) {
                    List<@Nullable String> row = new ArrayList<>(columns);
                    for (int i = 1; i <= columns; i++) {
                        row.add(found.getString(i));
                    }
                    rows.add(row);
                }
                return rows;
            }
        });
    }

    /** The first row of a query, whose values are whole numbers; NULL becomes 0. */
    public List<Long> numbers(String sql) throws DuckDbException {
        return rows(sql).getFirst().stream()
                .map(value -> value == null ? 0L : Long.parseLong(value))
                .toList();
    }

    /** The first column of a query; NULL becomes the text {@code null}. */
    public List<String> texts(String sql) throws DuckDbException {
        return rows(sql).stream().map(row -> String.valueOf(row.getFirst())).toList();
    }

    /** A JDBC call on a statement. */
    private interface Call<T> {
        T on(Statement statement) throws SQLException;
    }

    /** Creates a statement for each call, because DuckDB's driver closes a statement that failed. */
    private <T> T with(Call<T> call) throws DuckDbException {
        try (Statement statement = connection.createStatement()) {
            running = statement;
            return call.on(statement);
        } catch (SQLException e) {
            throw failure(what, workspace, e);
        } finally {
            running = null;
        }
    }

    private void cancel() {
        Statement statement = running;
        if (statement != null) {
            try {
                statement.cancel();
            } catch (SQLException e) {
                // The statement has already ended.
            }
        }
    }

    /** Cancels the database's running statement, or refuses the database if it opens after the cancellation. */
    private static final class Cancellation {
        private @Nullable DuckDb database;
        private boolean cancelled;

        synchronized DuckDb register(DuckDb opened) {
            if (cancelled) {
                throw new CancellationException();
            }
            database = opened;
            return opened;
        }

        synchronized void cancel() {
            cancelled = true;
            if (database != null) {
                database.cancel();
            }
        }
    }

    private static DuckDbException failure(String what, Workspace workspace, SQLException e) {
        String said = String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given");
        return new DuckDbException(what, workspace.withoutDirectories(said), e);
    }
}
