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
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Turns a draft into the current version of its table, or into nothing. In this order, so that a crash at any point
 * leaves the version before in place: verify, put the content on the disk under its last name, put the name on the disk,
 * move the registry's pointer, swap the plain name.
 *
 * <pre>
 * extracts/SOURCE/data/ID/SEQUENCE-SHA12.parquet   a version, never changed
 * extracts/SOURCE/data/ID.parquet                  hard link to the current one, for plain readers
 * </pre>
 */
public final class TablePublisher {
    private static final System.Logger LOG = System.getLogger(TablePublisher.class.getName());
    private static final int SHA_DIGITS_IN_NAME = 12;
    private static final Pattern VERSION = Pattern.compile("[0-9]+-[0-9a-f]{12}\\.parquet");

    private final FileStore files;
    private final Path data;
    private final Scratch scratch;
    private final TableRegistry registry;
    private final Time time;

    /** @param data the data directory, on the same file system as the scratch */
    public TablePublisher(FileStore files, Path data, Scratch scratch, TableRegistry registry, Time time) {
        this.files = files;
        this.data = data;
        this.scratch = scratch;
        this.registry = registry;
        this.time = time;
    }

    /** A draft for one table. The caller closes it. */
    FileDraft draft(TableId table) throws IOException {
        return scratch.draft(table + ".parquet");
    }

    /** Publishes what was fetched into the draft, unless it equals the current version or is empty against the rules. */
    TableOutcome publish(
            TableRecord table, Optional<TableVersion> current, FileDraft draft, TableSource.Fetched.Table fetched)
            throws IOException, InterruptedException {
        List<Column> columns = verify(table.id(), draft, fetched);
        if (current.isPresent() && fetched.rows() == 0 && current.get().rows() > 0 && !table.allowEmpty()) {
            return new TableOutcome.RefusedEmpty(current.get().rows());
        }
        if (current.isPresent() && current.get().digests().equals(fetched.digests())) {
            registry.mark(table.id(), fetched.marker());
            return unchanged(table, current.get());
        }
        TableVersion version = next(table, current, fetched, columns, time.now());
        publish(draft, version);
        link(table, version);
        return new TableOutcome.Published(
                version.sequence(), version.rows(), version.digests().length(), fetched.notes());
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

    /** Sees to it that the plain name is that of the current version, which an earlier failure may have kept it from. */
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
        Path versions = requireNonNull(file.getParent());
        Path plain = versions.resolveSibling(version.table() + ".parquet");
        try {
            if (!Files.exists(plain) || !Files.isSameFile(plain, file)) {
                files.replaceLink(plain, file);
            }
        } catch (IOException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "table {0}: its plain name still is that of an earlier version: {1}",
                    version.table(),
                    CoreException.reason(e));
        }
    }

    /**
     * Drops versions whose time has passed since another took their place. The registry forgets a version before its
     * file goes, so that a crash between the two leaves a file that nothing refers to, and never the reverse.
     *
     * @return how many there were
     */
    int retire(Duration grace) throws IOException {
        Map<TableId, List<TableVersion>> kept = registry.versions().stream()
                .sorted(Comparator.comparingLong(TableVersion::sequence))
                .collect(Collectors.groupingBy(TableVersion::table));
        Instant now = time.now();
        int retired = 0;
        for (List<TableVersion> versions : kept.values()) {
            for (int i = 0; i + 1 < versions.size(); i++) {
                if (versions.get(i + 1).publishedAt().plus(grace).isBefore(now)) {
                    registry.forget(versions.get(i));
                    files.delete(data.resolve(versions.get(i).path()));
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

    /**
     * Removes files that no version refers to, which a crash between the rename and the registry left, and gives current
     * versions their plain names. For the time before the first run.
     *
     * @return how many files were removed
     */
    public int sweep() throws IOException {
        Set<Path> kept = new HashSet<>();
        for (TableVersion version : registry.versions()) {
            kept.add(data.resolve(version.path()));
        }
        int swept = 0;
        for (Path source : files.list(data.resolve("extracts"))) {
            for (Path entry : files.list(source.resolve("data"))) {
                swept += sweep(entry, kept);
            }
        }
        registry.all().forEach(entry -> entry.current().ifPresent(current -> link(entry.table(), current)));
        return swept;
    }

    /**
     * No table id begins with a dot, so what does is a link that was not finished. Of the rest only what is called like a
     * version is ours.
     */
    private int sweep(Path entry, Set<Path> kept) throws IOException {
        int swept = 0;
        if (String.valueOf(entry.getFileName()).startsWith(".")) {
            files.delete(entry);
            swept++;
        }
        for (Path version : files.list(entry)) {
            boolean ours =
                    VERSION.matcher(String.valueOf(version.getFileName())).matches();
            if (ours && !kept.contains(version)) {
                files.delete(version);
                swept++;
            }
        }
        return swept;
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
