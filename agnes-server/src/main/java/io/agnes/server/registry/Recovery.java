// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import io.agnes.core.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Opens a registry in whatever state its files are, or says why it cannot. It tries in turn: the file with its write-ahead
 * log, the file at its last checkpoint, the last snapshot. Each time the journal adds what is missing. Damaged files are moved
 * aside and never removed. A registry that cannot be made whole is refused, at every try, until a person has accepted the loss
 * by the word that the refusal names.
 */
final class Recovery {
    /** A start replays as much sooner than it takes a checkpoint. */
    private static final long MOST_BYTES_TO_REPLAY = 128 * 1024;

    private static final System.Logger LOGGER = System.getLogger(Recovery.class.getName());

    /**
     * A registry that holds every acknowledged change, and the journal to continue.
     *
     * @param checkpointed whether nothing lies beyond file and snapshot
     */
    record Opened(Connection connection, Journal journal, Position position, boolean checkpointed) {}

    /**
     * A registry that one of the tries has opened.
     *
     * @param asLeft whether file and log were good and lacked nothing
     */
    private record Found(Connection connection, boolean asLeft) {}

    private final RegistryFiles files;
    private final Losses losses;
    private final Migrations migrations;
    private final Time time;

    Recovery(Path registry, Path spill, Migrations migrations, Time time) {
        this(registry, spill, RecoveryOptions.NONE, migrations, time);
    }

    Recovery(Path registry, Path spill, RecoveryOptions options, Migrations migrations, Time time) {
        this.files = RegistryFiles.of(registry, spill);
        this.losses = new Losses(files, options, time);
        this.migrations = migrations;
        this.time = time;
    }

    RegistryFiles files() {
        return files;
    }

    /**
     * Opens the registry.
     *
     * @param mistrusted whether the file is known to be damaged, though it may open
     */
    Opened open(boolean mistrusted) throws SQLException, IOException {
        Optional<Journal.Contents> journal = Journal.read(files.journal());
        if (journal.isEmpty() && Files.exists(files.journal())) {
            throw RegistryException.journalUnreadable(files.journal());
        }
        Optional<History> history = History.read(files.history());
        boolean existed = Files.exists(files.registry()) || Files.exists(files.snapshot());
        if (!existed && losses.acceptedAsNew(history)) {
            journal = Optional.empty();
            history = Optional.empty();
        }
        long logged = files.logBytes();
        Found found = find(journal, mistrusted);
        Connection connection = found.connection();
        try {
            boolean lacking = losses.accepted(Position.of(connection), journal.isPresent(), history);
            boolean pending = migrations.pending(connection);
            if (pending) {
                connection = migrated(connection, existed);
            }
            Position position = requirePosition(connection);
            boolean current = found.asLeft() && !pending && !lacking;
            if (current && journal.isPresent() && canGoOn(journal.get(), position, logged)) {
                return asLeft(connection, journal.get(), position, history, logged);
            }
            Opened opened = checkpointed(connection, position, journal.isPresent());
            connection = opened.connection();
            return opened;
        } catch (SQLException | IOException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** Whether the journal has all that the snapshot lacks, and that is little: then a later checkpoint will do. */
    private boolean canGoOn(Journal.Contents journal, Position position, long logged) {
        return Files.exists(files.snapshot())
                && journal.entries().size() == position.sequence() - journal.base()
                && journal.length() + logged <= MOST_BYTES_TO_REPLAY;
    }

    private Opened asLeft(
            Connection connection, Journal.Contents journal, Position position, Optional<History> history, long logged)
            throws IOException {
        if (history.isEmpty()) {
            new History(position.lineage(), journal.base()).write(files.store(), files.history());
        }
        boolean checkpointed = logged == 0 && journal.entries().isEmpty();
        return new Opened(connection, Journal.resume(files.journal(), journal), position, checkpointed);
    }

    /** A full disk is no reason to refuse the start, as long as the journal goes on. */
    private Opened checkpointed(Connection connection, Position position, boolean journaled)
            throws SQLException, IOException {
        try {
            return new Opened(connection, new Checkpoint(files).take(connection).orElseThrow(), position, true);
        } catch (SQLException | IOException e) {
            if (!journaled) {
                throw e;
            }
            LOGGER.log(System.Logger.Level.WARNING, "the registry's log is not shortened: " + e.getMessage());
            connection.close();
            Journal.Contents contents = Journal.read(files.journal())
                    .orElseThrow(() -> RegistryException.journalUnreadable(files.journal()));
            return new Opened(files.connect(), Journal.resume(files.journal(), contents), position, false);
        }
    }

    private Found find(Optional<Journal.Contents> journal, boolean mistrusted) throws SQLException, IOException {
        if (!Files.exists(files.registry()) && Files.exists(files.snapshot())) {
            return fromSnapshot(journal, "it is missing");
        }
        if (mistrusted && journal.isPresent() && Files.exists(files.snapshot())) {
            return fromSnapshot(journal, "a block of it cannot be read");
        }
        try {
            return whole(journal);
        } catch (SQLException first) {
            if (journal.isEmpty() || isHeldOrForbidden(first)) {
                throw first;
            }
            return withoutLog(journal, String.valueOf(first.getMessage()));
        }
    }

    private Found withoutLog(Optional<Journal.Contents> journal, String why) throws SQLException, IOException {
        if (!Files.exists(files.log())) {
            return fromSnapshot(journal, why);
        }
        Path aside = PrivateFiles.setAside(files.store(), files.log(), time.now());
        LOGGER.log(
                System.Logger.Level.WARNING,
                "the registry's write-ahead log is of no use and is now " + aside
                        + "; the registry is brought up from its last checkpoint and its journal: " + why);
        try {
            return new Found(whole(journal).connection(), false);
        } catch (SQLException second) {
            return fromSnapshot(journal, String.valueOf(second.getMessage()));
        }
    }

    /** The registry as its files have it, with what the journal has beyond that. */
    private Found whole(Optional<Journal.Contents> journal) throws SQLException {
        Connection connection = files.connect();
        try {
            migrations.pending(connection);
            boolean asLeft = journal.isEmpty() || new Replay(files).add(connection, journal.get()) == 0;
            return new Found(connection, asLeft);
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private Found fromSnapshot(Optional<Journal.Contents> journal, String why) throws SQLException, IOException {
        if (!Files.exists(files.snapshot())) {
            throw new SQLException(why);
        }
        Path copy = RegistryFiles.beside(files.registry(), ".draft");
        Files.copy(files.snapshot(), copy, StandardCopyOption.REPLACE_EXISTING);
        files.store().sync(copy);
        String aside = "";
        for (Path damaged : List.of(files.registry(), files.log())) {
            if (Files.exists(damaged)) {
                aside += (aside.isEmpty() ? "; what was there is now " : " and ")
                        + PrivateFiles.setAside(files.store(), damaged, time.now());
            }
        }
        files.store().rename(copy, files.registry());
        files.store().syncDirectory(files.directory());
        LOGGER.log(
                System.Logger.Level.WARNING,
                "registry " + files.registry() + " is brought up from its last snapshot and its journal, because " + why
                        + aside);
        return new Found(whole(journal).connection(), false);
    }

    /** A registry that another process holds, or that may not be read, is not damaged. */
    private static boolean isHeldOrForbidden(SQLException e) {
        String message = String.valueOf(e.getMessage());
        return message.contains("Could not set lock") || message.contains("Permission denied");
    }

    /** A registry that existed is copied to a snapshot before, which is the way back, and opened again after. */
    private Connection migrated(Connection connection, boolean existed) throws SQLException, IOException {
        if (!existed) {
            migrations.apply(connection);
            return connection;
        }
        Optional<Journal> journal = new Checkpoint(files).take(connection);
        if (journal.isPresent()) {
            journal.get().close();
        }
        migrations.apply(connection);
        connection.close();
        Connection again = files.connect();
        try {
            migrations.requireNewest(again);
            return again;
        } catch (SQLException | RuntimeException e) {
            again.close();
            throw e;
        }
    }

    private Position requirePosition(Connection connection) throws SQLException {
        return Position.of(connection)
                .orElseThrow(() -> RegistryException.otherHistory(files.registry(), files.journal()));
    }
}
