package io.agnes.keboola;

import io.agnes.core.file.FileStore;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.duckdb.DuckDBDriver;
import org.jspecify.annotations.Nullable;

/** An in-memory DuckDB for one piece of work, which may touch the directories it was given and nothing else. */
final class Database {
    private final Connection connection;
    private final boolean unites;
    private volatile @Nullable Statement running;

    private Database(Connection connection, Workplace place) {
        this.connection = connection;
        this.unites = place.unites();
    }

    /** Something to do with a database. */
    @FunctionalInterface
    interface Work<T> {
        T run(Database database) throws SQLException, IOException;
    }

    /**
     * Does the work on a platform thread, as a native call would keep a virtual one's carrier. An interrupt cancels the
     * running statement and waits for its end. Nothing is left but what the work wrote.
     *
     * @param what is being made, in messages
     */
    static <T> T run(Workplace place, long memoryLimitBytes, String what, Work<T> work)
            throws IOException, InterruptedException {
        try {
            return await(place, memoryLimitBytes, what, work);
        } finally {
            FileStore.system().deleteTree(place.spill());
        }
    }

    private static <T> T await(Workplace place, long memoryLimitBytes, String what, Work<T> work)
            throws IOException, InterruptedException {
        Holder holder = new Holder();
        FutureTask<T> task = new FutureTask<>(() -> {
            try (Connection connection = connect(place, memoryLimitBytes)) {
                return work.run(holder.hold(new Database(connection, place)));
            }
        });
        Thread thread = Thread.ofPlatform().name("keboola-duckdb").daemon(true).start(task);
        try {
            return task.get();
        } catch (InterruptedException e) {
            Ending.of(thread, holder::cancel);
            throw e;
        } catch (ExecutionException e) {
            throw failure(what, place, e.getCause());
        } catch (CancellationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Connection connect(Workplace place, long memoryLimitBytes) throws SQLException, IOException {
        Connection connection = new DuckDBDriver().connect("jdbc:duckdb:", new Properties());
        Database database = new Database(connection, place);
        for (String setting : List.of(
                "threads = 1",
                "memory_limit = '" + memoryLimitBytes / 1024 + "KiB'",
                "temp_directory = " + Sql.text(place.spill().toString()),
                // One thread keeps the order within one scan anyway; the promise forbids to bound row groups by bytes.
                "preserve_insertion_order = " + place.unites(),
                "TimeZone = 'UTC'",
                // Otherwise a column without NULLs becomes REQUIRED, and files of one table differ in schema.
                "disabled_optimizers = 'statistics_propagation'",
                "autoinstall_known_extensions = false",
                "autoload_known_extensions = false",
                "allowed_directories = " + Sql.paths(place.directories()),
                "enable_external_access = false",
                "lock_configuration = true")) {
            database.execute("SET " + setting);
        }
        return connection;
    }

    /** Whether it keeps the order of several scans, and cannot bound row groups by bytes. */
    boolean unites() {
        return unites;
    }

    void execute(String sql) throws SQLException {
        // One statement object for each command: a failed one closes itself.
        try (Statement statement = connection.createStatement()) {
            running = statement;
            statement.execute(sql);
        } finally {
            running = null;
        }
    }

    /** The one row of a query, whose values are numbers. */
    List<Long> numbers(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            running = statement;
            try (ResultSet row = statement.executeQuery(sql)) {
                row.next();
                List<Long> numbers = new ArrayList<>();
                for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                    numbers.add(row.getLong(i));
                }
                return numbers;
            }
        } finally {
            running = null;
        }
    }

    /** The first column of a query. */
    List<String> texts(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            running = statement;
            try (ResultSet rows = statement.executeQuery(sql)) {
                List<String> texts = new ArrayList<>();
                while (rows.next()) {
                    texts.add(rows.getString(1));
                }
                return texts;
            }
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
        private @Nullable Database database;
        private boolean cancelled;

        synchronized Database hold(Database opened) {
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

    private static IOException failure(String what, Workplace place, @Nullable Throwable cause) {
        return switch (cause) {
            case SQLException e -> throw KeboolaException.conversionFailed(what, said(e, place), e);
            case IOException e -> e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case null -> throw new IllegalStateException(what);
            default -> new IOException(cause);
        };
    }

    /** The first line without directories, which is nobody's business. */
    private static String said(SQLException e, Workplace place) {
        String said = String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given");
        for (Path directory : place.directories()) {
            said = said.replace(directory + "/", "");
        }
        return said;
    }
}
