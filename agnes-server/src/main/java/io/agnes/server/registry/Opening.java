// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import io.agnes.core.Sha256;
import io.agnes.core.Time;
import io.agnes.core.file.FileModes;
import io.agnes.core.file.FileStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Brings the registry up, whatever state its files are in, or says why not. The rungs: the file with its write-ahead log;
 * the file at its last checkpoint; the last snapshot. On each of them the journal adds what is missing. Damaged files are
 * moved aside and never removed. What cannot be made whole is refused, again at every try, until a person has decided: a
 * member that is missing is a gap like any other, and the refusal names the word that accepts it.
 */
final class Opening {
    /** Readable by every DuckDB from 1.0 on, so that people can look into a copy with the client they have. */
    private static final String STORAGE_VERSION = "v1.0.0";

    private static final String MEMORY_LIMIT = "256MB";

    /** A start replays as much again sooner than it takes a snapshot. */
    private static final long MOST_LEFT_UNSETTLED_BYTES = 128 * 1024;

    private static final int WORD_DIGITS = 8;

    private static final System.Logger LOGGER = System.getLogger(Opening.class.getName());

    /** Where a registry stands in its history. */
    record Position(String lineage, long sequence) {}

    /**
     * A registry that holds every acknowledged change, and the journal to continue.
     *
     * @param settled whether nothing lies beyond file and snapshot
     */
    record Opened(Connection writer, Journal journal, Position position, boolean settled) {}

    /**
     * A registry on one of the rungs.
     *
     * @param asLeft whether file and log were of use and lacked nothing
     */
    private record Climbed(Connection connection, boolean asLeft) {}

    private final FileStore files = FileStore.system(FileModes.PRIVATE);
    private final Path file;
    private final Path wal;
    private final Path journalFile;
    private final Path snapshot;
    private final Path historyFile;
    private final Path spill;
    private final Recovery recovery;
    private final Migrations migrations;
    private final Time time;

    Opening(Path file, Path spill, Migrations migrations, Time time) {
        this(file, spill, Recovery.NONE, migrations, time);
    }

    Opening(Path file, Path spill, Recovery recovery, Migrations migrations, Time time) {
        this.recovery = recovery;
        this.historyFile = History.file(file);
        this.file = file;
        this.wal = beside(file, ".wal");
        this.journalFile = beside(file, ".journal");
        this.snapshot = beside(file, ".snapshot");
        this.spill = spill;
        this.migrations = migrations;
        this.time = time;
    }

    private static Path beside(Path file, String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }

    /** @param mistrusted whether the file is known to be damaged, though it may open */
    Opened open(boolean mistrusted) throws SQLException, IOException {
        Optional<Journal.Contents> journal = Journal.read(journalFile);
        if (journal.isEmpty() && Files.exists(journalFile)) {
            throw RegistryException.journalUnreadable(journalFile);
        }
        Optional<History> history = History.read(historyFile);
        boolean existed = Files.exists(file) || Files.exists(snapshot);
        if (!existed && acceptedAsNew(history)) {
            journal = Optional.empty();
            history = Optional.empty();
        }
        long logged = Files.exists(wal) ? Files.size(wal) : 0;
        Climbed climbed = climb(journal, mistrusted);
        Connection connection = climbed.connection();
        try {
            boolean lacking = isLossAccepted(position(connection), journal.isPresent(), history);
            boolean pending = migrations.pending(connection);
            if (pending) {
                connection = migrated(connection, existed);
            }
            Position position = requirePosition(connection);
            boolean current = climbed.asLeft() && !pending && !lacking;
            if (current && journal.isPresent() && canGoOn(journal.get(), position, logged)) {
                if (history.isEmpty()) {
                    new History(position.lineage(), journal.get().base()).write(files, historyFile);
                }
                boolean settled = logged == 0 && journal.get().entries().isEmpty();
                return new Opened(connection, Journal.resume(journalFile, journal.get()), position, settled);
            }
            Opened opened = settled(connection, position, journal.isPresent());
            connection = opened.writer();
            return opened;
        } catch (SQLException | IOException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /**
     * Whether files are there that only belong beside a registry, and a person has accepted that it begins anew; what is
     * left of the one before is then set aside.
     *
     * @throws RegistryException if no person has
     */
    private boolean acceptedAsNew(Optional<History> history) throws IOException {
        boolean journaled = Files.exists(journalFile);
        boolean logged = Files.exists(wal);
        if (history.isEmpty() && !journaled && !logged && !recovery.besideVersions()) {
            return false;
        }
        String word = word("missing", history.map(History::lineage).orElse(""));
        if (!recovery.acceptedLoss().equals(word)) {
            throw RegistryException.missing(file, history.map(History::sequence), word);
        }
        LOGGER.log(System.Logger.Level.WARNING, "registry " + file + " begins anew and empty, as was accepted");
        for (Path left : List.of(journalFile, wal)) {
            if (Files.exists(left)) {
                PrivateFiles.setAside(files, left, time.now());
            }
        }
        files.delete(historyFile);
        return true;
    }

    /**
     * Whether the registry lacks changes that it once had, and a person has accepted that.
     *
     * @throws RegistryException if it lacks some and no person has
     */
    private boolean isLossAccepted(Optional<Position> found, boolean journaled, Optional<History> history) {
        if (found.isEmpty()) {
            return false;
        }
        Position position = found.get();
        String at = position.lineage() + " " + position.sequence();
        if (history.isPresent() && !history.get().lineage().equals(position.lineage())) {
            String word = word("other", at + " " + history.get().lineage());
            return accepted(word, RegistryException.replaced(file, historyFile, word));
        }
        if (history.isPresent() && position.sequence() < history.get().sequence()) {
            long last = history.get().sequence();
            String word = word("older", at + " " + last);
            return accepted(word, RegistryException.older(file, position.sequence() + 1, last, word));
        }
        // Before its first change is acknowledged a registry has a journal.
        if (!journaled && (history.isPresent() || position.sequence() > 0)) {
            String word = word("journal", at);
            return accepted(word, RegistryException.journalMissing(file, journalFile, position.sequence(), word));
        }
        return false;
    }

    private boolean accepted(String word, RegistryException loss) {
        if (!recovery.acceptedLoss().equals(word)) {
            throw loss;
        }
        LOGGER.log(System.Logger.Level.WARNING, "accepted: " + loss.getMessage());
        return true;
    }

    /** Of one loss and no other, so that a word that stays in a settings file accepts nothing later. */
    private static String word(String kind, String what) {
        return Sha256.hex(kind + " " + what).substring(0, WORD_DIGITS);
    }

    /** Whether all that the snapshot lacks is in the journal, and little: what is due to be settled then can be so later. */
    private boolean canGoOn(Journal.Contents journal, Position position, long logged) {
        return Files.exists(snapshot)
                && journal.entries().size() == position.sequence() - journal.base()
                && journal.length() + logged <= MOST_LEFT_UNSETTLED_BYTES;
    }

    /** A full disk is no reason not to start, as long as the journal goes on. */
    private Opened settled(Connection connection, Position position, boolean journaled)
            throws SQLException, IOException {
        try {
            return new Opened(connection, settle(connection).orElseThrow(), position, true);
        } catch (SQLException | IOException e) {
            if (!journaled) {
                throw e;
            }
            LOGGER.log(System.Logger.Level.WARNING, "the registry's log is not shortened: " + e.getMessage());
            connection.close();
            Journal.Contents contents =
                    Journal.read(journalFile).orElseThrow(() -> RegistryException.journalUnreadable(journalFile));
            return new Opened(connect(), Journal.resume(journalFile, contents), position, false);
        }
    }

    private Climbed climb(Optional<Journal.Contents> journal, boolean mistrusted) throws SQLException, IOException {
        if (!Files.exists(file) && Files.exists(snapshot)) {
            return fromSnapshot(journal, "it is missing");
        }
        if (mistrusted && journal.isPresent() && Files.exists(snapshot)) {
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

    private Climbed withoutLog(Optional<Journal.Contents> journal, String why) throws SQLException, IOException {
        if (!Files.exists(wal)) {
            return fromSnapshot(journal, why);
        }
        Path aside = PrivateFiles.setAside(files, wal, time.now());
        LOGGER.log(
                System.Logger.Level.WARNING,
                "the registry's write-ahead log is of no use and is now " + aside
                        + "; the registry is brought up from its last checkpoint and its journal: " + why);
        try {
            return new Climbed(whole(journal).connection(), false);
        } catch (SQLException second) {
            return fromSnapshot(journal, String.valueOf(second.getMessage()));
        }
    }

    /** The registry as its files have it, with what the journal has beyond that. */
    private Climbed whole(Optional<Journal.Contents> journal) throws SQLException {
        Connection connection = connect();
        try {
            migrations.pending(connection);
            boolean asLeft = journal.isEmpty() || replay(connection, journal.get()) == 0;
            return new Climbed(connection, asLeft);
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private Climbed fromSnapshot(Optional<Journal.Contents> journal, String why) throws SQLException, IOException {
        if (!Files.exists(snapshot)) {
            throw new SQLException(why);
        }
        Path copy = beside(file, ".draft");
        Files.copy(snapshot, copy, StandardCopyOption.REPLACE_EXISTING);
        files.sync(copy);
        String aside = "";
        for (Path damaged : List.of(file, wal)) {
            if (Files.exists(damaged)) {
                aside += (aside.isEmpty() ? "; what was there is now " : " and ")
                        + PrivateFiles.setAside(files, damaged, time.now());
            }
        }
        files.rename(copy, file);
        files.syncDirectory(PrivateFiles.directory(file));
        LOGGER.log(
                System.Logger.Level.WARNING,
                "registry " + file + " is brought up from its last snapshot and its journal, because " + why + aside);
        return new Climbed(whole(journal).connection(), false);
    }

    /** Somebody else's registry is not damaged. */
    private static boolean isHeldOrForbidden(SQLException e) {
        String message = String.valueOf(e.getMessage());
        return message.contains("Could not set lock") || message.contains("Permission denied");
    }

    private Connection connect() throws SQLException {
        Connection connection = DriverManager.getConnection("jdbc:duckdb:" + file, settings());
        try {
            Database.execute(connection, "SET lock_configuration = true");
            requireReadable(connection);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** DuckDB reads blocks, and their checksums, when it needs them: so that is now, and not in the middle of a request. */
    private static void requireReadable(Connection connection) throws SQLException {
        List<String> tables = Database.query(
                connection,
                "SELECT table_name FROM duckdb_tables() WHERE database_name = current_catalog()",
                row -> row.getString("table_name"));
        if (!tables.isEmpty()) {
            String rows = tables.stream()
                    .map(table -> "SELECT hash(t) AS hash FROM " + quoted(table, '"') + " t")
                    .collect(Collectors.joining(" UNION ALL "));
            Database.query(connection, "SELECT bit_xor(hash) FROM (" + rows + ")", row -> true);
        }
    }

    private Properties settings() {
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

    /** Adds the transactions that the journal has and the registry has not; how many. */
    private long replay(Connection connection, Journal.Contents journal) throws SQLException {
        Position found = position(connection).orElseThrow(() -> RegistryException.otherHistory(file, journalFile));
        if (!found.lineage().equals(journal.lineage())) {
            throw RegistryException.otherHistory(file, journalFile);
        }
        if (found.sequence() < journal.base()) {
            throw RegistryException.incomplete(file, journalFile, found.sequence() + 1, journal.base());
        }
        long next = found.sequence() + 1;
        for (Journal.Entry entry : journal.entries()) {
            if (entry.sequence() >= next) {
                if (entry.sequence() > next) {
                    throw RegistryException.incomplete(file, journalFile, next, entry.sequence() - 1);
                }
                replay(connection, entry);
                next++;
            }
        }
        long replayed = next - 1 - found.sequence();
        if (replayed > 0) {
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "registry " + file + " lacked its last " + replayed + " changes; they came from its journal");
        }
        return replayed;
    }

    private void replay(Connection connection, Journal.Entry entry) throws SQLException {
        connection.setAutoCommit(false);
        try {
            for (Journal.Change change : entry.changes()) {
                int rows = Database.update(
                        connection, change.sql(), change.parameters().toArray());
                if (rows != change.rows()) {
                    throw RegistryException.otherHistory(file, journalFile);
                }
            }
            connection.commit();
        } catch (SQLException | RuntimeException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    /** What existed is snapshot before, so that whatever happens there is a way back, and opened anew behind it. */
    private Connection migrated(Connection connection, boolean existed) throws SQLException, IOException {
        if (!existed) {
            migrations.apply(connection);
            return connection;
        }
        Optional<Journal> journal = settle(connection);
        if (journal.isPresent()) {
            journal.get().close();
        }
        migrations.apply(connection);
        connection.close();
        Connection again = connect();
        try {
            migrations.requireNewest(again);
            return again;
        } catch (SQLException | RuntimeException e) {
            again.close();
            throw e;
        }
    }

    private static Optional<Position> position(Connection connection) throws SQLException {
        boolean there = !Database.query(
                        connection,
                        "SELECT 1 FROM duckdb_tables() WHERE table_name = 'journal_position'"
                                + " AND database_name = current_catalog()",
                        row -> true)
                .isEmpty();
        return there
                ? Database.query(
                                connection,
                                "SELECT lineage, sequence FROM journal_position",
                                row -> new Position(row.getString("lineage"), row.getLong("sequence")))
                        .stream()
                        .findFirst()
                : Optional.empty();
    }

    private Position requirePosition(Connection connection) throws SQLException {
        return position(connection).orElseThrow(() -> RegistryException.otherHistory(file, journalFile));
    }

    /**
     * Writes the log into the file, takes a snapshot, and begins a new journal behind it; the order is what makes every
     * moment in between a whole one. Without a journal for a schema from before there was one.
     */
    Optional<Journal> settle(Connection connection) throws SQLException, IOException {
        Database.execute(connection, "CHECKPOINT");
        takeSnapshot(connection);
        Optional<Position> position = position(connection);
        if (position.isEmpty()) {
            return Optional.empty();
        }
        String lineage = position.get().lineage();
        long sequence = position.get().sequence();
        Journal journal = Journal.begin(files, journalFile, lineage, sequence);
        try {
            new History(lineage, sequence).write(files, historyFile);
            return Optional.of(journal);
        } catch (IOException | RuntimeException e) {
            journal.close();
            throw e;
        }
    }

    /** By DuckDB, which checks each block it reads; and closing a file of ours on the same one would drop its lock. */
    private void takeSnapshot(Connection connection) throws SQLException, IOException {
        Path draft = beside(file, ".snapshot.draft");
        files.delete(draft);
        files.delete(beside(draft, ".wal"));
        String catalog = Database.query(connection, "SELECT current_catalog() AS name", row -> row.getString("name"))
                .getFirst();
        Database.execute(connection, "DETACH DATABASE IF EXISTS taken");
        Database.execute(
                connection,
                "ATTACH " + quoted(draft.toString(), '\'') + " AS taken (STORAGE_VERSION '" + STORAGE_VERSION + "')");
        PrivateFiles.hide(draft);
        Database.execute(connection, "COPY FROM DATABASE " + quoted(catalog, '"') + " TO taken");
        Database.execute(connection, "DETACH taken");
        files.sync(draft);
        files.rename(draft, snapshot);
        files.syncDirectory(PrivateFiles.directory(file));
    }

    private static String quoted(String text, char with) {
        return with + text.replace(String.valueOf(with), "" + with + with) + with;
    }

    /** How much a settling would shorten. */
    long bytesSinceSnapshot(Journal journal) throws IOException {
        return journal.length() + (Files.exists(wal) ? Files.size(wal) : 0);
    }

    Path file() {
        return file;
    }

    /** Whether the file, and not the moment, is what failed. */
    static boolean isDamage(@Nullable Throwable e) {
        String message = e == null ? null : e.getMessage();
        return e instanceof SQLException
                && message != null
                && (message.contains("Could not read enough bytes") || message.contains("Corrupt database file"));
    }

    /** Whether DuckDB refuses every further call after an error of that text. */
    static boolean isFatal(@Nullable Throwable e) {
        String message = e == null ? null : e.getMessage();
        return e instanceof SQLException
                && message != null
                && (message.contains("FATAL")
                        || message.contains("INTERNAL Error")
                        || message.contains("has been invalidated"));
    }
}
