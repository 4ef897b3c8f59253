// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import io.agnes.core.Time;
import io.agnes.core.work.Task;
import io.agnes.server.audit.Origin;
import io.agnes.server.audit.Origins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The registry's DuckDB file, opened by one process. Writes run one after another on the {@link Writer}, each in a transaction
 * that is in the {@link Journal} before it is committed. Reads run on the {@link Readers} at the same time, and so does a backup. At most
 * {@value CallThreads#WAITING} calls of each kind wait. When DuckDB refuses all further calls, the file is opened again, once.
 * Safe for use by several threads.
 */
public final class Database implements AutoCloseable {
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(10);
    private static final int READERS = 2;
    private static final int SECONDS_BETWEEN_CHECKPOINT_CHECKS = 5;

    private static final System.Logger LOGGER = System.getLogger(Database.class.getName());

    /** Work on a session, which it has for itself while it runs. */
    interface Work<T extends @Nullable Object> {
        T on(Session session) throws SQLException;
    }

    private final Recovery recovery;
    private final Time time;
    private final Consumer<RegistryException> lost;
    private final CallThreads writing = new CallThreads("registry-write", 1);
    private final CallThreads reading = new CallThreads("registry-read", READERS);
    private final CallThreads copying = new CallThreads("registry-copy", 1);
    private final EngineState engine = new EngineState();
    private final ChangeNumbers changes = new ChangeNumbers();
    private final Origins origins = new Origins();
    private final AuditTable audit;
    private final Readers readers;
    private final Readers copier;
    private final CountDownLatch closing = new CountDownLatch(1);

    /** For the writing thread alone. */
    private Writer writer;

    /** While a backup is copied no checkpoint is taken, which would wait for it or fail. */
    private volatile boolean checkpointsPaused;

    private Database(Recovery recovery, Time time, Consumer<RegistryException> lost) throws SQLException, IOException {
        this.recovery = recovery;
        this.time = time;
        this.lost = lost;
        this.audit = new AuditTable(time);
        this.readers = new Readers(READERS, audit);
        this.copier = new Readers(1, audit);
        this.writer = writer(recovery.open(false));
        openReaders();
        Task.start(Thread.ofPlatform().daemon().name("registry-checkpoint"), this::takeCheckpoints);
    }

    /** Opens the file with this machine's time. Nothing is told when the registry is lost. */
    public static Database open(Path file, Path spill) {
        return open(file, spill, Time.system(), failure -> {});
    }

    /**
     * Opens the file, makes it if it is missing, brings its schema up to this program's, and recovers what damage took.
     *
     * @param spill where DuckDB puts what does not fit into its memory
     * @param lost is told when the registry failed and could not be opened again; nothing works from then on, so the process
     *     should end
     * @throws RegistryException if it cannot be opened, is not whole, or was written by a newer program
     */
    public static Database open(Path file, Path spill, Time time, Consumer<RegistryException> lost) {
        return open(file, spill, RecoveryOptions.NONE, time, lost);
    }

    /**
     * The same with options.
     *
     * @param options how to open a registry of which something is missing
     */
    public static Database open(
            Path file, Path spill, RecoveryOptions options, Time time, Consumer<RegistryException> lost) {
        return open(new Recovery(file, spill, options, new Migrations(file), time), time, lost);
    }

    static Database open(Recovery recovery, Time time, Consumer<RegistryException> lost) {
        try {
            PendingRestore.finish(recovery.files());
            return new Database(recovery, time, lost);
        } catch (SQLException | IOException e) {
            throw RegistryException.unopenable(recovery.files().registry(), e);
        }
    }

    private void openReaders() throws SQLException {
        readers.open(writer.connection());
        copier.open(writer.connection());
    }

    private Writer writer(Recovery.Opened opened) throws IOException {
        return new Writer(recovery.files(), opened, engine, changes, audit, this::reopen, time);
    }

    /** Does the work in a transaction, which is on the disk when this returns, or has left no trace. */
    <T extends @Nullable Object> T write(Work<T> work) {
        Origin origin = origins.current();
        return writing.call(() -> {
            requireUsable();
            try {
                T result = writer.transaction(work, origin);
                engine.setAnswered();
                return result;
            } finally {
                repairIfBroken();
            }
        });
    }

    /** Does the work on what is committed now. */
    <T extends @Nullable Object> T read(Work<T> work) {
        return reading.call(() -> {
            try {
                T result = readers.read(work);
                engine.setAnswered();
                return result;
            } catch (SQLException e) {
                engine.note(e);
                repairIfBroken();
                throw e;
            }
        });
    }

    /** On whose behalf each thread writes, for the audit. */
    public Origins origins() {
        return origins;
    }

    /**
     * Copies the registry into a new file, as it is at one moment, while reads and writes go on, and opens, reads and counts the
     * copy. A DuckDB client of any version from 1.0 on can open the file. Callers copy one after another.
     *
     * @param file does not exist yet; after a failure it may exist and is of no use
     * @return what was copied, counted in the transaction that copied it; the file carries it too
     */
    public BackupManifest copyTo(Path file) {
        return copying.call(() -> {
            BackupManifest manifest = copied(file);
            RegistryBackup.verify(file, recovery.files().spill(), manifest);
            return manifest;
        });
    }

    private BackupManifest copied(Path file) throws SQLException, IOException, InterruptedException {
        pauseCheckpoints();
        try {
            return copier.lend(connection -> copy(connection, file));
        } catch (SQLException e) {
            engine.note(e);
            repairIfBroken();
            throw e;
        } finally {
            checkpointsPaused = false;
        }
    }

    /** Set by the writing thread, so that no checkpoint is being taken when this returns. */
    private void pauseCheckpoints() {
        writing.call(() -> {
            checkpointsPaused = true;
            return null;
        });
    }

    private BackupManifest copy(Connection connection, Path file) throws SQLException, IOException {
        try (RegistryCopy copy = RegistryCopy.into(file, connection)) {
            Statements.execute(connection, "BEGIN TRANSACTION");
            try {
                BackupManifest manifest = BackupManifest.count(connection, time.now());
                copy.fill();
                copy.add(manifest);
                Statements.execute(connection, "COMMIT");
                return manifest;
            } catch (SQLException | RuntimeException e) {
                rollback(connection, e);
                throw e;
            }
        }
    }

    /** A commit that failed has ended the transaction already. */
    private static void rollback(Connection connection, Exception because) {
        try {
            Statements.execute(connection, "ROLLBACK");
        } catch (SQLException e) {
            because.addSuppressed(e);
        }
    }

    /** The bytes of the registry's file and of its log. */
    public long bytes() throws IOException {
        return Files.size(recovery.files().registry()) + recovery.files().logBytes();
    }

    /** The change numbers of the registry. */
    ChangeNumbers changes() {
        return changes;
    }

    /**
     * Returns at once unless the registry has failed; then once it is open again.
     *
     * @throws RegistryException if it is closed or cannot be opened again
     */
    void requireAnswering() {
        if (reading.isClosed()) {
            throw RegistryException.closed();
        }
        if (engine.isBroken()) {
            writing.call(() -> {
                requireUsable();
                return null;
            });
        }
    }

    private void repairIfBroken() {
        // If too many calls wait, the next write repairs.
        if (engine.isBroken() && !writing.later(this::repair)) {
            LOGGER.log(System.Logger.Level.DEBUG, "the next write opens the registry again");
        }
    }

    private void repair() {
        try {
            requireUsable();
        } catch (RegistryException reported) {
            LOGGER.log(System.Logger.Level.DEBUG, "not repaired", reported);
        }
    }

    private void requireUsable() {
        if (engine.isBroken()) {
            reopen();
        }
    }

    /** Opens the registry again, if a call has succeeded since the last time; otherwise it is lost. */
    private void reopen() {
        Path file = recovery.files().registry();
        try {
            if (!engine.hasAnswered()) {
                throw new IOException("it failed again right after it was opened");
            }
            LOGGER.log(System.Logger.Level.WARNING, "registry " + file + " failed and is opened again");
            engine.setOpening();
            closeConnections();
            writer = writer(recovery.open(engine.isDamaged()));
            openReaders();
            engine.setOpened();
        } catch (SQLException | IOException | InterruptedException | RuntimeException e) {
            RegistryException failure = RegistryException.lost(file, e);
            lost.accept(failure);
            throw failure;
        }
    }

    private void closeConnections() throws InterruptedException, IOException {
        readers.close();
        copier.close();
        writer.close();
    }

    /** The wait between two checks ends with the registry, so it is not asked of {@link Time}. */
    private void takeCheckpoints() throws InterruptedException {
        while (!closing.await(SECONDS_BETWEEN_CHECKPOINT_CHECKS, TimeUnit.SECONDS)) {
            checkpointIfDue();
        }
    }

    /** Takes a checkpoint after five minutes or 16 MB, if anything was written. */
    void checkpointIfDue() {
        try {
            writing.call(() -> {
                if (!engine.isBroken() && !checkpointsPaused) {
                    checkpointWriter();
                }
                return null;
            });
        } catch (RegistryException e) {
            LOGGER.log(System.Logger.Level.WARNING, "the registry's log is not shortened: " + e.getCause());
        }
    }

    private void checkpointWriter() throws SQLException, IOException {
        try {
            writer.checkpointIfDue();
        } finally {
            repairIfBroken();
        }
    }

    /** The number of migrations applied, asked of the file. */
    public int schema() {
        if (engine.isBroken()) {
            throw RegistryException.reopening();
        }
        return read(session -> session.query(
                        "SELECT max(version) AS version FROM schema_migration", row -> row.getInt("version"))
                .getFirst());
    }

    /** Ends waiting calls, takes a checkpoint, and closes the file. */
    @Override
    public void close() {
        closing.countDown();
        writing.close();
        reading.close();
        copying.close();
        try {
            boolean idle = writing.awaitEnd(LONGEST_CLOSE)
                    && reading.awaitEnd(LONGEST_CLOSE)
                    && copying.awaitEnd(LONGEST_CLOSE);
            if (idle && !engine.isBroken()) {
                writer.checkpointIfChanged();
                closeConnections();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException | IOException e) {
            throw RegistryException.failed(e);
        }
    }
}
