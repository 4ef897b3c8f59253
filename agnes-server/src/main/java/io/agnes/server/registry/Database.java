package io.agnes.server.registry;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * The one DuckDB file, opened by one process. Writes go one after another through one connection, each in a transaction;
 * reads go through {@value #READERS} duplicates of it beside them. At most {@value #WAITING} calls of each kind wait.
 */
public final class Database implements AutoCloseable {
    private static final int READERS = 2;
    private static final int WAITING = 1000;
    private static final int SECONDS_TO_CLOSE = 10;

    /** Readable by every DuckDB from 1.0 on, so that people can look into a copy with the client they have. */
    private static final String STORAGE_VERSION = "v1.0.0";

    private static final String MEMORY_LIMIT = "256MB";

    /** Work on a connection that is the caller's alone while it lasts. */
    interface Work<T extends @Nullable Object> {
        T on(Connection connection) throws SQLException;
    }

    /** One row of a result, at the cursor. */
    interface Row<T> {
        T of(ResultSet row) throws SQLException;
    }

    private final Connection writer;
    private final BlockingQueue<Connection> readers = new ArrayBlockingQueue<>(READERS);
    private final ExecutorService writing = threads("registry-write", 1);
    private final ExecutorService reading = threads("registry-read", READERS);

    private Database(Connection writer) throws SQLException {
        this.writer = writer;
        for (int i = 0; i < READERS; i++) {
            readers.add(((DuckDBConnection) writer).duplicate());
        }
    }

    /**
     * Opens the file, made if it is not there, and brings its schema up to this program's.
     *
     * @param spill where DuckDB puts what does not fit its memory
     * @throws RegistryException if it cannot be opened, or is of a newer program
     */
    public static Database open(Path file, Path spill) {
        try {
            Connection writer = DriverManager.getConnection("jdbc:duckdb:" + file, settings(spill));
            try {
                new Migrations(file).apply(writer);
                execute(writer, "SET lock_configuration = true");
                return new Database(writer);
            } catch (SQLException | RuntimeException e) {
                writer.close();
                throw e;
            }
        } catch (SQLException e) {
            throw RegistryException.unopenable(file, e);
        }
    }

    private static Properties settings(Path spill) {
        Properties settings = new Properties();
        settings.setProperty("autoinstall_known_extensions", "false");
        settings.setProperty("autoload_known_extensions", "false");
        settings.setProperty("allow_community_extensions", "false");
        settings.setProperty("memory_limit", MEMORY_LIMIT);
        settings.setProperty("threads", "1");
        settings.setProperty("temp_directory", spill.toString());
        settings.setProperty("storage_compatibility_version", STORAGE_VERSION);
        return settings;
    }

    private static ExecutorService threads(String name, int count) {
        return new ThreadPoolExecutor(
                count,
                count,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(WAITING),
                Thread.ofPlatform().daemon().name(name, 0).factory());
    }

    /** Runs the work in a transaction of its own, which is on the disk when this returns, or has left no trace. */
    <T extends @Nullable Object> T write(Work<T> work) {
        return await(writing, () -> {
            writer.setAutoCommit(false);
            try {
                T result = work.on(writer);
                writer.commit();
                return result;
            } catch (SQLException | RuntimeException e) {
                writer.rollback();
                throw e;
            } finally {
                writer.setAutoCommit(true);
            }
        });
    }

    /** Runs the work on what is committed now. */
    <T extends @Nullable Object> T read(Work<T> work) {
        return await(reading, () -> {
            Connection reader = readers.take();
            try {
                return work.on(reader);
            } finally {
                readers.add(reader);
            }
        });
    }

    private static <T extends @Nullable Object> T await(
            ExecutorService threads, java.util.concurrent.Callable<T> call) {
        Future<T> result;
        try {
            result = threads.submit(call);
        } catch (RejectedExecutionException e) {
            throw threads.isShutdown() ? RegistryException.closed() : RegistryException.busy(WAITING);
        }
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return result.get();
                } catch (InterruptedException e) {
                    // A statement at work is short; its outcome has to be known before anything else happens.
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw e.getCause() instanceof RegistryException known ? known : RegistryException.failed(e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The number of migrations applied, asked of the file. */
    public int schema() {
        return read(connection -> query(
                        connection,
                        "SELECT max(version) AS version FROM schema_migration",
                        row -> row.getInt("version"))
                .getFirst());
    }

    /** Ends waiting calls, writes the log into the file, and gives the file back. */
    @Override
    public void close() {
        writing.shutdown();
        reading.shutdown();
        try {
            boolean idle = writing.awaitTermination(SECONDS_TO_CLOSE, TimeUnit.SECONDS)
                    && reading.awaitTermination(SECONDS_TO_CLOSE, TimeUnit.SECONDS);
            if (idle) {
                execute(writer, "CHECKPOINT");
                for (Connection reader : readers) {
                    reader.close();
                }
                writer.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException e) {
            throw RegistryException.failed(e);
        }
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** How many rows the statement changed. */
    static int update(Connection connection, String sql, @Nullable Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, parameters);
            return statement.executeUpdate();
        }
    }

    static <T> List<T> query(Connection connection, String sql, Row<T> row, @Nullable Object... parameters)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, parameters);
            List<T> found = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(row.of(rows));
                }
            }
            return found;
        }
    }

    private static void bind(PreparedStatement statement, @Nullable Object... parameters) throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            switch (parameters[i]) {
                case null -> statement.setNull(i + 1, Types.VARCHAR);
                case Instant instant -> statement.setObject(i + 1, instant.atOffset(ZoneOffset.UTC));
                case Object other -> statement.setObject(i + 1, other);
            }
        }
    }

    static Instant instant(ResultSet row, String column) throws SQLException {
        Instant found = nullableInstant(row, column);
        if (found == null) {
            throw new SQLException("no time in " + column);
        }
        return found;
    }

    static @Nullable Instant nullableInstant(ResultSet row, String column) throws SQLException {
        OffsetDateTime found = row.getObject(column, OffsetDateTime.class);
        return found == null ? null : found.toInstant();
    }

    static List<String> strings(ResultSet row, String column) throws SQLException {
        List<String> found = new ArrayList<>();
        for (Object value : (Object[]) row.getArray(column).getArray()) {
            found.add(String.valueOf(value));
        }
        return List.copyOf(found);
    }
}
