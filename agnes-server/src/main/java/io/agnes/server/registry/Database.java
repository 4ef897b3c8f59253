// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import io.agnes.core.AgnesException;
import io.agnes.core.Time;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * The one DuckDB file, opened by one process. Writes go one after another through one connection, each in a transaction
 * that is in the {@link Journal} before it is committed; reads go through {@value #READERS} duplicates of it beside them.
 * At most {@value #WAITING} calls of each kind wait. A DuckDB that refuses every further call is opened anew, once.
 */
public final class Database implements AutoCloseable {
    private static final int READERS = 2;
    private static final int WAITING = 1000;
    private static final int SECONDS_TO_CLOSE = 10;
    private static final int SECONDS_TO_REOPEN = 10;
    private static final int SECONDS_BETWEEN_LOOKS = 5;

    /** The bounds of what a start has to replay, and of how long it then takes. */
    private static final Duration LONGEST_UNSETTLED = Duration.ofMinutes(5);

    private static final long MOST_UNSETTLED_BYTES = 16 * 1024 * 1024;

    private static final System.Logger LOGGER = System.getLogger(Database.class.getName());

    /** Work in a session that is the caller's alone while it lasts. */
    interface Work<T extends @Nullable Object> {
        T on(Session session) throws SQLException;
    }

    /** One row of a result, at the cursor. */
    interface Row<T> {
        T of(ResultSet row) throws SQLException;
    }

    private final Opening opening;
    private final Time time;
    private final Consumer<RegistryException> lost;
    private final BlockingQueue<Connection> readers = new ArrayBlockingQueue<>(READERS);
    private final ExecutorService writing = threads("registry-write", 1);
    private final ExecutorService reading = threads("registry-read", READERS);
    private final CountDownLatch closing = new CountDownLatch(1);

    private final Map<Kept.Part, Long> writes = new ConcurrentHashMap<>();

    private volatile boolean broken;
    private volatile boolean damaged;
    private volatile boolean answeredSinceOpened = true;

    // Of the writing thread from here on.
    private Connection writer;
    private Journal journal;
    private Opening.Position position;
    private long settledAt;
    private boolean unsettled;

    private Database(Opening opening, Time time, Consumer<RegistryException> lost) throws SQLException, IOException {
        this.opening = opening;
        this.time = time;
        this.lost = lost;
        Opening.Opened opened = opening.open(false);
        this.writer = opened.writer();
        PrivateFiles.hideRegistry(opening.file());
        this.journal = opened.journal();
        this.position = opened.position();
        this.unsettled = !opened.settled();
        this.settledAt = time.nanos();
        addReaders();
        Thread.ofPlatform().daemon().name("registry-settle").start(this::keepShort);
    }

    /** The same with this machine's time and nobody to tell when the registry is lost. */
    public static Database open(Path file, Path spill) {
        return open(file, spill, Time.system(), failure -> {});
    }

    /**
     * Opens the file, made if it is not there, brings its schema up to this program's, and brings back what damage took.
     *
     * @param spill where DuckDB puts what does not fit its memory
     * @param lost is told when the registry failed and could not be opened again; from then on nothing works, and the
     *     process had better end
     * @throws RegistryException if it cannot be opened, is not whole, or is of a newer program
     */
    public static Database open(Path file, Path spill, Time time, Consumer<RegistryException> lost) {
        return open(new Opening(file, spill, new Migrations(file), time), time, lost);
    }

    /**
     * The same.
     *
     * @param recovery what to do if it is not whole
     */
    public static Database open(Path file, Path spill, Recovery recovery, Time time, Consumer<RegistryException> lost) {
        return open(new Opening(file, spill, recovery, new Migrations(file), time), time, lost);
    }

    static Database open(Opening opening, Time time, Consumer<RegistryException> lost) {
        try {
            return new Database(opening, time, lost);
        } catch (SQLException | IOException e) {
            throw RegistryException.unopenable(opening.file(), e);
        }
    }

    private void addReaders() throws SQLException {
        for (int i = 0; i < READERS; i++) {
            readers.add(((DuckDBConnection) writer).duplicate());
        }
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
            requireUsable();
            try {
                T result = transaction(work);
                answeredSinceOpened = true;
                return result;
            } finally {
                if (broken) {
                    repairSoon();
                }
            }
        });
    }

    private <T extends @Nullable Object> T transaction(Work<T> work) throws SQLException, IOException {
        Session session = new Session(writer);
        try {
            return transaction(work, session);
        } finally {
            session.written().forEach(part -> writes.merge(part, 1L, Long::sum));
        }
    }

    private <T extends @Nullable Object> T transaction(Work<T> work, Session session) throws SQLException, IOException {
        T result;
        try {
            execute(writer, "BEGIN TRANSACTION");
            result = work.on(session);
            if (!session.changes().isEmpty()) {
                session.update("UPDATE journal_position SET sequence = ?", position.sequence() + 1);
                note(new Journal.Entry(position.sequence() + 1, session.changes()));
            }
        } catch (SQLException | IOException | RuntimeException e) {
            noteFatal(e);
            rollback(e);
            throw e;
        }
        commit(!session.changes().isEmpty());
        return result;
    }

    private void note(Journal.Entry entry) throws IOException {
        try {
            journal.append(entry);
        } catch (IOException e) {
            // A new journal behind a new snapshot is sure.
            if (!journal.isSure()) {
                broken = true;
            }
            throw e;
        }
    }

    /** What is in the journal is durable, so a DuckDB that dies of its commit does not take it along. */
    private void commit(boolean journaled) throws SQLException, IOException {
        try {
            execute(writer, "COMMIT");
        } catch (SQLException e) {
            noteFatal(e);
            if (!broken && tookBack(journaled)) {
                rollback(e);
                throw e;
            }
            reopen();
            if (journaled) {
                return;
            }
            throw e;
        }
        if (journaled) {
            position = new Opening.Position(position.lineage(), position.sequence() + 1);
            unsettled = true;
        }
        hide();
    }

    /** The commit holds, whether this works or not; the next one tries again. */
    private void hide() {
        try {
            PrivateFiles.hideRegistry(opening.file());
        } catch (IOException e) {
            LOGGER.log(System.Logger.Level.WARNING, "the registry's files keep their modes", e);
        }
    }

    private boolean tookBack(boolean journaled) {
        if (!journaled) {
            return true;
        }
        try {
            journal.undo();
            return true;
        } catch (IOException e) {
            LOGGER.log(System.Logger.Level.WARNING, "the registry's journal keeps a change that failed", e);
            return false;
        }
    }

    /**
     * A commit that failed, as on a full disk, has ended the transaction already. The driver's own rollback would then
     * fail and leave it believing in a transaction for good, so these three are statements.
     */
    private void rollback(Exception because) {
        try {
            execute(writer, "ROLLBACK");
        } catch (SQLException e) {
            if (!String.valueOf(e.getMessage()).contains("no transaction is active")) {
                noteFatal(e);
                because.addSuppressed(e);
            }
        }
    }

    private void noteFatal(Exception e) {
        if (Opening.isDamage(e)) {
            damaged = true;
        }
        if (damaged || Opening.isFatal(e)) {
            broken = true;
        }
    }

    /** How often a part was written; counted once that is on the disk and before the writer knows. */
    long writes(Kept.Part part) {
        return writes.getOrDefault(part, 0L);
    }

    /**
     * Returns at once unless the registry has failed; then once it is open again.
     *
     * @throws RegistryException if it is closed or cannot be opened again
     */
    void requireAnswering() {
        if (reading.isShutdown()) {
            throw RegistryException.closed();
        }
        if (broken) {
            await(writing, () -> {
                requireUsable();
                return null;
            });
        }
    }

    /** Runs the work on what is committed now. */
    <T extends @Nullable Object> T read(Work<T> work) {
        return await(reading, () -> {
            Connection reader = readers.poll(SECONDS_TO_REOPEN, TimeUnit.SECONDS);
            if (reader == null) {
                throw RegistryException.reopening();
            }
            try {
                T result = work.on(new Session(reader));
                answeredSinceOpened = true;
                return result;
            } catch (SQLException e) {
                noteFatal(e);
                if (broken) {
                    repairSoon();
                }
                throw e;
            } finally {
                readers.add(reader);
            }
        });
    }

    private void repairSoon() {
        try {
            writing.execute(() -> {
                try {
                    requireUsable();
                } catch (RegistryException told) {
                    LOGGER.log(System.Logger.Level.DEBUG, "not repaired", told);
                }
            });
        } catch (RejectedExecutionException full) {
            // Each call that waits for the writer repairs before it works.
            LOGGER.log(System.Logger.Level.DEBUG, "repaired by the next write", full);
        }
    }

    private void requireUsable() {
        if (broken) {
            reopen();
        }
    }

    /** Once after each time that it worked; what fails again at once is lost. */
    private void reopen() {
        try {
            if (!answeredSinceOpened) {
                throw new IOException("it failed again right after it was opened");
            }
            LOGGER.log(System.Logger.Level.WARNING, "registry " + opening.file() + " failed and is opened again");
            answeredSinceOpened = false;
            closeConnections();
            Opening.Opened opened = opening.open(damaged);
            writer = opened.writer();
            PrivateFiles.hideRegistry(opening.file());
            journal = opened.journal();
            position = opened.position();
            settledAt = time.nanos();
            unsettled = !opened.settled();
            addReaders();
            damaged = false;
            broken = false;
        } catch (SQLException | IOException | InterruptedException | RuntimeException e) {
            RegistryException failure = RegistryException.lost(opening.file(), e);
            lost.accept(failure);
            throw failure;
        }
    }

    /** Waits for reads at work, which are short. */
    private void closeConnections() throws InterruptedException, IOException {
        for (int i = 0; i < READERS; i++) {
            close(readers.take());
        }
        close(writer);
        journal.close();
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "while closing a registry that failed", e);
        }
    }

    /** How often to look is the only thing here that is not asked of {@link Time}: a wait that closing ends. */
    private void keepShort() {
        try {
            while (!closing.await(SECONDS_BETWEEN_LOOKS, TimeUnit.SECONDS)) {
                settleIfDue();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Settles after five minutes or 16 MB, if anything was written. */
    void settleIfDue() {
        try {
            await(writing, () -> {
                if (!broken && unsettled && (isOld() || isLarge())) {
                    settle();
                }
                return null;
            });
        } catch (RegistryException e) {
            LOGGER.log(System.Logger.Level.WARNING, "the registry's log is not shortened: " + e.getCause());
        }
    }

    private boolean isOld() {
        return time.since(settledAt).compareTo(LONGEST_UNSETTLED) >= 0;
    }

    private boolean isLarge() throws IOException {
        return opening.bytesSinceSnapshot(journal) >= MOST_UNSETTLED_BYTES;
    }

    private void settle() throws SQLException, IOException {
        // Not again at once if it fails: the journal holds everything, however long it gets.
        settledAt = time.nanos();
        try {
            Journal next = opening.settle(writer).orElseThrow();
            journal.close();
            journal = next;
            unsettled = false;
        } catch (SQLException e) {
            noteFatal(e);
            throw e;
        } catch (IOException e) {
            // Which journal the directory names now has to be read from it.
            broken = true;
            throw e;
        } finally {
            if (broken) {
                repairSoon();
            }
        }
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
                    throw e.getCause() instanceof AgnesException known ? known : RegistryException.failed(e);
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
        if (broken) {
            throw RegistryException.reopening();
        }
        return read(session -> session.query(
                        "SELECT max(version) AS version FROM schema_migration", row -> row.getInt("version"))
                .getFirst());
    }

    /** Ends waiting calls, writes the log into the file, and gives the file back. */
    @Override
    public void close() {
        closing.countDown();
        writing.shutdown();
        reading.shutdown();
        try {
            boolean idle = writing.awaitTermination(SECONDS_TO_CLOSE, TimeUnit.SECONDS)
                    && reading.awaitTermination(SECONDS_TO_CLOSE, TimeUnit.SECONDS);
            if (idle && !broken) {
                if (unsettled) {
                    settle();
                }
                closeConnections();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException | IOException e) {
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
