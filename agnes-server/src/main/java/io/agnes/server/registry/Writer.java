// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import io.agnes.core.Time;
import io.agnes.server.audit.Origin;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The writing connection and its journal. A transaction is in the journal before DuckDB commits it. For the writing thread
 * alone. Once the engine is broken a writer is of no more use, and the next one is opened.
 */
final class Writer {
    /** The bounds of what a start has to replay, and so of how long it takes. */
    private static final Duration LONGEST_WITHOUT_CHECKPOINT = Duration.ofMinutes(5);

    private static final long MOST_BYTES_WITHOUT_CHECKPOINT = 16 * 1024 * 1024;

    private static final System.Logger LOGGER = System.getLogger(Writer.class.getName());

    private final RegistryFiles files;
    private final EngineState engine;
    private final ChangeNumbers changes;
    private final AuditTable audit;
    private final Runnable reopen;
    private final Time time;
    private final Connection connection;
    private Journal journal;
    private Position position;
    private boolean changed;
    private long checkpointAt;

    /** @param reopen opens the registry again with the next writer, after a commit of which DuckDB does not tell the outcome */
    Writer(
            RegistryFiles files,
            Recovery.Opened opened,
            EngineState engine,
            ChangeNumbers changes,
            AuditTable audit,
            Runnable reopen,
            Time time)
            throws IOException {
        this.files = files;
        this.engine = engine;
        this.changes = changes;
        this.audit = audit;
        this.reopen = reopen;
        this.time = time;
        this.connection = opened.connection();
        this.journal = opened.journal();
        this.position = opened.position();
        this.changed = !opened.checkpointed();
        this.checkpointAt = time.nanos();
        PrivateFiles.hideRegistry(files.registry());
    }

    Connection connection() {
        return connection;
    }

    /** Does the work in a transaction, which is on the disk when this returns, or has left no trace. */
    <T extends @Nullable Object> T transaction(Database.Work<T> work, Origin origin) throws SQLException, IOException {
        Session session = new Session(connection, audit, origin);
        try {
            return transaction(work, session);
        } finally {
            changes.raise(session.written());
        }
    }

    private <T extends @Nullable Object> T transaction(Database.Work<T> work, Session session)
            throws SQLException, IOException {
        T result;
        boolean journaled;
        try {
            Statements.execute(connection, "BEGIN TRANSACTION");
            result = work.on(session);
            session.writeAudit();
            journaled = !session.changes().isEmpty();
            if (journaled) {
                session.update("UPDATE journal_position SET sequence = ?", position.sequence() + 1);
                append(new Journal.Entry(position.sequence() + 1, session.changes()));
            }
        } catch (SQLException | IOException | RuntimeException e) {
            engine.note(e);
            rollback(e);
            throw e;
        }
        commit(journaled);
        return result;
    }

    private void append(Journal.Entry entry) throws IOException {
        try {
            journal.append(entry);
        } catch (IOException e) {
            // A new journal behind a new snapshot is sure.
            if (!journal.isSure()) {
                engine.setBroken();
            }
            throw e;
        }
    }

    /** What is in the journal is durable, so a DuckDB that fails in its commit does not lose it. */
    private void commit(boolean journaled) throws SQLException {
        try {
            Statements.execute(connection, "COMMIT");
        } catch (SQLException e) {
            engine.note(e);
            if (!engine.isBroken() && tookBack(journaled)) {
                rollback(e);
                throw e;
            }
            reopen.run();
            if (journaled) {
                return;
            }
            throw e;
        }
        if (journaled) {
            position = new Position(position.lineage(), position.sequence() + 1);
            changed = true;
        }
        hide();
    }

    /** The commit holds whether this works or not; the next one tries again. */
    private void hide() {
        try {
            PrivateFiles.hideRegistry(files.registry());
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
     * A commit that failed, as on a full disk, has ended the transaction already. The driver's own rollback would then fail, and
     * the driver would believe in a transaction for good; so BEGIN, COMMIT and ROLLBACK are statements.
     */
    private void rollback(Exception because) {
        try {
            Statements.execute(connection, "ROLLBACK");
        } catch (SQLException e) {
            if (!String.valueOf(e.getMessage()).contains("no transaction is active")) {
                engine.note(e);
                because.addSuppressed(e);
            }
        }
    }

    /** Takes a {@link Checkpoint} after five minutes or 16 MB, if anything was written. */
    void checkpointIfDue() throws SQLException, IOException {
        if (changed && (isOld() || files.bytesSinceSnapshot(journal) >= MOST_BYTES_WITHOUT_CHECKPOINT)) {
            checkpoint();
        }
    }

    private boolean isOld() {
        return time.since(checkpointAt).compareTo(LONGEST_WITHOUT_CHECKPOINT) >= 0;
    }

    private void checkpoint() throws SQLException, IOException {
        // After a failure not again at once: the journal holds everything, however long it gets.
        checkpointAt = time.nanos();
        try {
            Journal next = new Checkpoint(files).take(connection).orElseThrow();
            journal.close();
            journal = next;
            changed = false;
        } catch (SQLException e) {
            engine.note(e);
            throw e;
        } catch (IOException e) {
            // Which journal the directory names now has to be read from it.
            engine.setBroken();
            throw e;
        }
    }

    /** Takes a checkpoint if anything was written since the last one. */
    void checkpointIfChanged() throws SQLException, IOException {
        if (changed) {
            checkpoint();
        }
    }

    void close() throws IOException {
        Readers.close(connection);
        journal.close();
    }
}
