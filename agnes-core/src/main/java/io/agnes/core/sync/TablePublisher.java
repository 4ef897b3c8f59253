// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import static java.util.Objects.requireNonNull;

import io.agnes.core.CoreException;
import io.agnes.core.TableId;
import io.agnes.core.Time;
import io.agnes.core.composite.Part;
import io.agnes.core.file.FileDigests;
import io.agnes.core.file.FileDraft;
import io.agnes.core.file.FileStore;
import io.agnes.core.file.Scratch;
import io.agnes.core.parquet.ParquetFile;
import io.agnes.core.table.Column;
import io.agnes.core.table.QueryMode;
import io.agnes.core.table.TableRecord;
import io.agnes.core.table.TableRegistry;
import io.agnes.core.table.TableVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Turns a draft into the current version of its table, or into nothing. In this order, so that a crash at any point
 * leaves the version before in place: verify, put the content on the disk under its last name, put the name on the disk,
 * move the registry's pointer, renew the plain copy.
 *
 * <pre>
 * extracts/SOURCE/data/ID/SEQUENCE-SHA12.parquet               a version, never changed
 * extracts/SOURCE/data/ID/SEQUENCE-SHA12.parquet.quarantined   one that was found damaged
 * extracts/SOURCE/data/ID.parquet                              a copy of the current one, for plain readers
 * </pre>
 */
public final class TablePublisher {
    private static final System.Logger LOG = System.getLogger(TablePublisher.class.getName());
    private static final int SHA_DIGITS_IN_NAME = 12;
    private static final Pattern VERSION = Pattern.compile("([0-9]{1,18})-[0-9a-f]{12}\\.parquet(\\.quarantined)?");

    /** What a plain copy leaves free, besides room for the next version. */
    private static final long LEAST_FREE_BYTES = 64L * 1024 * 1024;

    /** How far the time of a version may be ahead of the clock, since each is a second later than the one before. */
    private static final Duration MOST_AHEAD = Duration.ofMinutes(1);

    private final FileStore files;
    private final Path data;
    private final Scratch scratch;
    private final TableRegistry registry;
    private final Optional<TableProfiler> profiler;
    private final Time time;
    private final boolean plainNames;
    private final VersionGuard guard;

    /** One that measures nothing and makes plain copies. */
    public TablePublisher(FileStore files, Path data, Scratch scratch, TableRegistry registry, Time time) {
        this(files, data, scratch, registry, Optional.empty(), true, time);
    }

    /**
     * @param data the data directory, on the same file system as the scratch
     * @param profiler for tables that want it
     * @param plainNames whether the current version is copied to the table's plain name
     */
    public TablePublisher(
            FileStore files,
            Path data,
            Scratch scratch,
            TableRegistry registry,
            Optional<TableProfiler> profiler,
            boolean plainNames,
            Time time) {
        this.plainNames = plainNames;
        this.guard = new VersionGuard(files, data, registry, time);
        this.profiler = profiler;
        this.files = files;
        this.data = data;
        this.scratch = scratch;
        this.registry = registry;
        this.time = time;
    }

    /** What says of versions whether they may be handed out. */
    public VersionGuard guard() {
        return guard;
    }

    /** A draft for one table. The caller closes it. */
    FileDraft draft(TableId table) throws IOException {
        return scratch.draft(table + ".parquet");
    }

    /**
     * Publishes what was fetched into the draft, unless it equals the current version or is empty against the rules. A
     * version in quarantine is replaced by whatever came, were it the same content.
     */
    TableOutcome publish(TableRegistry.Entry entry, FileDraft draft, TableSource.Fetched.Table fetched)
            throws IOException, InterruptedException {
        TableRecord table = entry.table();
        Optional<TableVersion> newest = entry.newest();
        List<Column> columns = verify(table.id(), draft, fetched);
        if (newest.isPresent() && fetched.rows() == 0 && newest.get().rows() > 0 && !table.allowEmpty()) {
            return new TableOutcome.RefusedEmpty(newest.get().rows());
        }
        Optional<TableVersion> same =
                entry.current().filter(current -> current.digests().equals(fetched.digests()));
        if (same.isPresent() && entry.quarantined().isEmpty()) {
            registry.mark(table.id(), fetched.marker());
            return unchanged(table, same.get());
        }
        TableVersion version = next(table, newest, fetched, columns, time.now());
        publish(draft, version);
        link(table, version);
        if (table.profile() && profiler.isPresent()) {
            measure(profiler.get(), version);
        }
        return new TableOutcome.Published(
                version.sequence(), version.rows(), version.digests().length(), fetched.notes());
    }

    /** The version is published whether this works or not. */
    private void measure(TableProfiler measuring, TableVersion version) throws InterruptedException {
        try {
            registry.keep(version, measuring.profile(data.resolve(version.path())));
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "table " + version.table() + " could not be measured", e);
        }
    }

    private void publish(FileDraft draft, TableVersion version) throws IOException {
        Path target = data.resolve(version.path());
        boolean published = false;
        try {
            draft.publish(target, version.publishedAt());
            registry.publish(version);
            published = true;
        } finally {
            if (!published && !isCurrent(version)) {
                files.delete(target);
            }
        }
    }

    /** Asked after a failure, which may have come after the registry had stored the version. */
    private boolean isCurrent(TableVersion version) {
        return registry.find(version.table())
                .flatMap(TableRegistry.Entry::current)
                .filter(current -> current.sequence() == version.sequence())
                .isPresent();
    }

    /** Repairs the plain copy, which may be an earlier version's after a failure, or may have been written to. */
    TableOutcome unchanged(TableRecord table, TableVersion current) {
        link(table, current);
        return new TableOutcome.Unchanged();
    }

    private List<Column> verify(TableId table, FileDraft draft, TableSource.Fetched.Table fetched)
            throws IOException, InterruptedException {
        long length = Files.size(draft.path());
        FileDigests digests = fetched.digests();
        if (length != digests.length()) {
            throw CoreException.draftRejected(table, digests.length() + " bytes", length + " bytes");
        }
        return inspected(table, draft.path(), fetched.rows());
    }

    private static TableVersion next(
            TableRecord table,
            Optional<TableVersion> current,
            TableSource.Fetched.Table fetched,
            List<Column> columns,
            Instant now) {
        long sequence = current.map(TableVersion::sequence).orElse(0L) + 1;
        Instant publishedAt = now.truncatedTo(ChronoUnit.SECONDS);
        // Older Caddy builds ETags from seconds and size, so two versions may not share a second.
        Instant earliest =
                current.map(before -> before.publishedAt().plusSeconds(1)).orElse(publishedAt);
        return new TableVersion(
                table.id(),
                sequence,
                path(table, sequence, fetched.digests()),
                fetched.digests(),
                fetched.rows(),
                columns,
                publishedAt.isBefore(earliest) ? earliest : publishedAt,
                fetched.marker());
    }

    private static String path(TableRecord table, long sequence, FileDigests digests) {
        return folder(table) + "/" + sequence + "-" + digests.sha256().substring(0, SHA_DIGITS_IN_NAME) + ".parquet";
    }

    private static String folder(TableRecord table) {
        return "extracts/" + table.sourceType() + "/data/" + table.id();
    }

    /**
     * The version is published whether this works or not; the next run and the next start try again. The plain name of a
     * local table is its owner's, who may have dropped a newer file there.
     */
    private void link(TableRecord table, TableVersion version) {
        if (table.queryMode() == QueryMode.LOCAL) {
            return;
        }
        Path file = data.resolve(version.path());
        Path plain = requireNonNull(file.getParent()).resolveSibling(version.table() + ".parquet");
        try {
            if (plainNames) {
                copy(version, file, plain);
            } else if (isSame(plain, file)) {
                // Made by an earlier program: who writes to it changes the version.
                files.delete(plain);
            }
        } catch (IOException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "table {0}: {1}.parquet is not its current version: {2}",
                    version.table(),
                    version.table(),
                    CoreException.reason(e));
        }
    }

    private void copy(TableVersion version, Path file, Path plain) throws IOException {
        if ((isCopy(plain, version) && !isSame(plain, file)) || !guard.isWhole(version)) {
            return;
        }
        long length = version.digests().length();
        if (Files.getFileStore(data).getUsableSpace() < 2 * length + LEAST_FREE_BYTES) {
            throw new IOException("the disk has no room for a copy and the next version");
        }
        files.replaceCopy(plain, file, version.publishedAt());
    }

    private static boolean isCopy(Path plain, TableVersion version) throws IOException {
        return Files.isRegularFile(plain, LinkOption.NOFOLLOW_LINKS)
                && Files.size(plain) == version.digests().length()
                && Files.getLastModifiedTime(plain).toInstant().equals(version.publishedAt());
    }

    private static boolean isSame(Path plain, Path file) throws IOException {
        return Files.exists(plain) && Files.exists(file) && Files.isSameFile(plain, file);
    }

    /**
     * Drops versions whose time has passed since another took their place. The registry forgets a version before its
     * file goes, so that a crash between the two leaves a file that nothing refers to, and never the reverse. What is
     * served in the place of a version in quarantine stays.
     *
     * @return how many there were
     */
    int retire(Duration grace) throws IOException {
        Map<TableId, List<TableVersion>> kept = registry.versions().stream()
                .sorted(Comparator.comparingLong(TableVersion::sequence))
                .collect(Collectors.groupingBy(TableVersion::table));
        Map<TableId, Long> served = registry.all().stream()
                .filter(entry -> entry.current().isPresent())
                .collect(Collectors.toMap(
                        entry -> entry.table().id(),
                        entry -> entry.current().get().sequence()));
        Instant now = time.now();
        int retired = 0;
        for (List<TableVersion> versions : kept.values()) {
            for (int i = 0; i + 1 < versions.size(); i++) {
                TableVersion version = versions.get(i);
                boolean inUse = version.sequence() == served.getOrDefault(version.table(), 0L);
                if (!inUse && versions.get(i + 1).publishedAt().plus(grace).isBefore(now)) {
                    registry.forget(version);
                    files.delete(data.resolve(version.path()));
                    files.delete(data.resolve(version.path() + VersionGuard.QUARANTINED));
                    retired++;
                }
            }
        }
        return retired;
    }

    /** Removes every file of a table that the registry has forgotten; what cannot be removed goes at the next start. */
    public void remove(TableRecord table) throws IOException {
        Path versions = data.resolve(folder(table));
        if (table.queryMode() != QueryMode.LOCAL) {
            files.delete(versions.resolveSibling(table.id() + ".parquet"));
        }
        files.deleteTree(versions);
    }

    /** Whether any version lies in the data directory, whatever registry it is of. */
    public static boolean anyVersion(FileStore files, Path data) throws IOException {
        for (Path source : files.list(data.resolve("extracts"))) {
            for (Path entry : files.list(source.resolve("data"))) {
                for (Path file : files.list(entry)) {
                    if (VERSION.matcher(String.valueOf(file.getFileName())).matches()) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /**
     * Removes files that a crash left and no version refers to, takes versions with damaged files out of use, and renews
     * plain copies. For the time before the first run. A file that nothing refers to stays unless it is known how it came
     * to be: a registry that is new, or older than the file, says nothing against it.
     *
     * @param interrupted runs that a crash has ended
     * @return how many files were removed
     */
    public int sweep(List<SyncRun> interrupted) throws IOException {
        Set<Path> kept = new HashSet<>();
        for (TableVersion version : registry.versions()) {
            kept.add(data.resolve(version.path()));
            kept.add(data.resolve(version.path() + VersionGuard.QUARANTINED));
        }
        Map<String, TableRegistry.Entry> tables = registry.all().stream()
                .collect(Collectors.toMap(entry -> entry.table().id().value(), Function.identity()));
        int swept = 0;
        List<Path> unknown = new ArrayList<>();
        for (Path source : files.list(data.resolve("extracts"))) {
            for (Path entry : files.list(source.resolve("data"))) {
                swept += sweepHalfMade(entry);
                TableRegistry.Entry table = tables.get(String.valueOf(entry.getFileName()));
                for (Path file : files.list(entry)) {
                    Matcher name = VERSION.matcher(String.valueOf(file.getFileName()));
                    if (!name.matches() || kept.contains(file)) {
                        continue;
                    }
                    if (table != null && isLeftover(file, Long.parseLong(name.group(1)), table, interrupted)) {
                        files.delete(file);
                        swept++;
                    } else {
                        unknown.add(file);
                    }
                }
            }
        }
        if (!unknown.isEmpty()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} files that no version refers to are kept, for no run known here has made them; the first is"
                            + " {1}",
                    unknown.size(),
                    unknown.getFirst());
        }
        for (TableRegistry.Entry entry : guard.looked(registry.all())) {
            entry.quarantined().ifPresent(guard::setAside);
            entry.current().ifPresent(current -> link(entry.table(), current));
        }
        return swept;
    }

    /** No table id begins with a dot, so what does is a copy that was not finished. */
    private int sweepHalfMade(Path entry) throws IOException {
        if (!String.valueOf(entry.getFileName()).startsWith(".")) {
            return 0;
        }
        files.delete(entry);
        return 1;
    }

    /** Either a later version of this table has replaced the file, or a run that was to publish it was cut off. */
    private static boolean isLeftover(Path file, long sequence, TableRegistry.Entry entry, List<SyncRun> interrupted)
            throws IOException {
        Instant modified =
                Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant();
        if (modified.isBefore(entry.table().registeredAt().truncatedTo(ChronoUnit.SECONDS))) {
            return false;
        }
        long newest = entry.newest().map(TableVersion::sequence).orElse(0L);
        return sequence <= newest
                || (sequence == newest + 1 && interrupted.stream().anyMatch(run -> fellInto(run, modified)));
    }

    private static boolean fellInto(SyncRun run, Instant modified) {
        Instant end = run.finishedAt();
        return !modified.isBefore(run.startedAt().truncatedTo(ChronoUnit.SECONDS))
                && (end == null || !modified.isAfter(end.plus(MOST_AHEAD)));
    }

    /** Opens the footer, compares its rows with those that were counted, and takes the columns from it. */
    private static List<Column> inspected(TableId table, Path file, long rows)
            throws IOException, InterruptedException {
        try (Part part = Part.of(file)) {
            return switch (ParquetFile.inspect(part)) {
                case ParquetFile.Inspection.Unreadable unreadable ->
                    throw CoreException.draftRejected(
                            table, "a Parquet file", unreadable.reason().message());
                case ParquetFile.Inspection.Opened opened -> columns(table, opened.file(), rows);
            };
        }
    }

    private static List<Column> columns(TableId table, ParquetFile file, long rows) {
        if (file.rows() != rows) {
            throw CoreException.draftRejected(table, rows + " rows", file.rows() + " rows in the footer");
        }
        return file.schema().columns().stream()
                .map(column -> new Column(column.name(), column.sqlType()))
                .toList();
    }
}
