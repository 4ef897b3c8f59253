// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.duckdb;

import io.agnes.core.CoreException;
import io.agnes.core.Ending;
import io.agnes.core.composite.Part;
import io.agnes.core.file.FileStore;
import io.agnes.core.parquet.ParquetFile;
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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.duckdb.DuckDBDriver;
import org.jspecify.annotations.Nullable;

/**
 * A database in memory for one piece of work, of one thread, which may touch what its {@link Workspace} names and nothing
 * else. The same work on the same files gives the same bytes. For the thread that runs the work.
 */
public final class DuckDb {
    /** A row group is held while it is written; rows of a megabyte must not fill the memory before it is full. */
    private static final int ROW_GROUPS_IN_MEMORY = 8;

    private final Connection connection;
    private final Workspace space;
    private final long memoryLimitBytes;
    private final String what;
    private volatile @Nullable Statement running;

    private DuckDb(Connection connection, Workspace space, long memoryLimitBytes, String what) {
        this.connection = connection;
        this.space = space;
        this.memoryLimitBytes = memoryLimitBytes;
        this.what = what;
    }

    /** Something to do with a database. */
    @FunctionalInterface
    public interface Work<T> {
        /** Does it. The database ends with the call. */
        T run(DuckDb database) throws IOException, InterruptedException;
    }

    /**
     * Does the work on a platform thread, as a native call would keep a virtual one's carrier. An interrupt cancels the
     * running statement and waits for its end. Nothing is left but what the work wrote.
     *
     * @param memoryLimitBytes at most; more goes to the workspace's spill directory
     * @param what is worked on, in messages
     * @throws DuckDbException if DuckDB fails
     */
    public static <T> T run(Workspace space, long memoryLimitBytes, String what, Work<T> work)
            throws IOException, InterruptedException {
        try {
            return await(space, memoryLimitBytes, what, work);
        } finally {
            if (space.spill().isPresent()) {
                FileStore.system().deleteTree(space.spill().get());
            }
        }
    }

    private static <T> T await(Workspace space, long memoryLimitBytes, String what, Work<T> work)
            throws IOException, InterruptedException {
        Holder holder = new Holder();
        FutureTask<T> task = new FutureTask<>(() -> {
            try (Connection connection = new DuckDBDriver().connect("jdbc:duckdb:", new Properties())) {
                DuckDb database = new DuckDb(connection, space, memoryLimitBytes, what);
                database.closeIn();
                return work.run(holder.hold(database));
            }
        });
        Thread thread = Thread.ofPlatform().name("agnes-duckdb").daemon(true).start(task);
        try {
            return task.get();
        } catch (InterruptedException e) {
            Ending.of(thread, holder::cancel);
            throw e;
        } catch (ExecutionException e) {
            throw failure(what, space, e.getCause());
        } catch (CancellationException e) {
            throw new IllegalStateException(e);
        }
    }

    private void closeIn() throws IOException {
        String spill = space.spill().map(Path::toString).orElse("");
        for (String setting : List.of(
                "threads = 1",
                "memory_limit = '" + memoryLimitBytes / 1024 + "KiB'",
                "temp_directory = " + Sql.text(spill),
                // One thread keeps the order within one scan anyway; the promise forbids to bound row groups by bytes.
                "preserve_insertion_order = " + space.ordered(),
                "TimeZone = 'UTC'",
                // Otherwise a column without NULLs becomes REQUIRED, and files of one table differ in schema.
                "disabled_optimizers = 'statistics_propagation'",
                "autoinstall_known_extensions = false",
                "autoload_known_extensions = false",
                "allowed_directories = " + Sql.texts(space.allowedDirectories()),
                "allowed_paths = " + Sql.texts(space.allowedFiles()),
                "enable_external_access = false",
                "lock_configuration = true")) {
            execute("SET " + setting);
        }
    }

    /** Writes the rows of a query as one Parquet file, compressed with Snappy. */
    public void writeParquet(String query, Path target) throws IOException {
        String bound = space.ordered() ? "" : ", ROW_GROUP_SIZE_BYTES " + memoryLimitBytes / ROW_GROUPS_IN_MEMORY;
        execute("COPY (" + query + ") TO " + Sql.text(target.toAbsolutePath().toString())
                + " (FORMAT parquet, COMPRESSION snappy" + bound + ")");
    }

    /**
     * The same, and reads the file again: it must have the rows of the query, and in each column as many values with the same
     * sum of hashes. The query runs twice.
     *
     * @return rows, as the file's own footer counts them
     * @throws CoreException {@code conversion_damaged} if the file holds anything else; it is deleted
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

    /** What the footer of a file says that was just written. */
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

    /** Carries out a statement. */
    public void execute(String sql) throws DuckDbException {
        with(statement -> statement.execute(sql));
    }

    /** The rows of a query, each value as DuckDB prints it. They must fit into memory. */
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

    /** The one row of a query, whose values are whole numbers. */
    public List<Long> numbers(String sql) throws DuckDbException {
        return rows(sql).getFirst().stream()
                .map(value -> value == null ? 0L : Long.parseLong(value))
                .toList();
    }

    /** The first column of a query, none of whose values is NULL. */
    public List<String> texts(String sql) throws DuckDbException {
        return rows(sql).stream().map(row -> String.valueOf(row.getFirst())).toList();
    }

    /** What JDBC does with a statement. */
    private interface Call<T> {
        T on(Statement statement) throws SQLException;
    }

    /** One statement object for each command: a failed one closes itself. */
    private <T> T with(Call<T> call) throws DuckDbException {
        try (Statement statement = connection.createStatement()) {
            running = statement;
            return call.on(statement);
        } catch (SQLException e) {
            throw failure(what, space, e);
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
                // It has ended by itself.
            }
        }
    }

    /** Hands the database to whoever may have to cancel it. */
    private static final class Holder {
        private @Nullable DuckDb database;
        private boolean cancelled;

        synchronized DuckDb hold(DuckDb opened) {
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

    private static IOException failure(String what, Workspace space, @Nullable Throwable cause) {
        return switch (cause) {
            case SQLException e -> failure(what, space, e);
            case IOException e -> e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case null -> throw new IllegalStateException(what);
            default -> new IOException(cause);
        };
    }

    private static DuckDbException failure(String what, Workspace space, SQLException e) {
        String said = String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given");
        return new DuckDbException(what, space.withoutDirectories(said), e);
    }
}
