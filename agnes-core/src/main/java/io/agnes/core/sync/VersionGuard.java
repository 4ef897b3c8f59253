// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.CoreException;
import io.agnes.core.Time;
import io.agnes.core.file.FileStore;
import io.agnes.core.table.TableRegistry;
import io.agnes.core.table.TableVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Hands out versions whose files are what was published, and quarantines the others: the registry forgets the state of
 * the source, so that the next run brings the table again; the file gets another name, under which nothing serves it; the
 * newest version before it that is whole takes its place. A file that was only touched is read once and gets its time
 * back. Safe for use by several threads; one file is read at a time.
 */
public final class VersionGuard {
    /** Behind the name of a file that is out of use. */
    static final String QUARANTINED = ".quarantined";

    private static final System.Logger LOG = System.getLogger(VersionGuard.class.getName());

    /** A table keeps the versions of a day, and each look takes one of them out of use. */
    private static final int MOST_LOOKS = 1000;

    private static final Duration LONGEST_VERIFICATION = Duration.ofHours(1);

    /** What there is of a table for a reader. */
    public sealed interface Found {
        /** A version whose file is whole. */
        record Served(TableVersion version) implements Found {}

        /** Its file was touched and is being read; ask again. */
        record Verifying() implements Found {}

        /** The file was damaged, and there is no other. */
        record Quarantined() implements Found {}

        /** No version was published yet. */
        record Unpublished() implements Found {}
    }

    private final FileStore files;
    private final TableRegistry registry;
    private final Time time;
    private final VersionCheck check;
    private final Semaphore reading = new Semaphore(1, true);
    private final Map<Path, CompletableFuture<VersionCheck.Finding>> verifications = new ConcurrentHashMap<>();

    VersionGuard(FileStore files, Path data, TableRegistry registry, Time time) {
        this.files = files;
        this.registry = registry;
        this.time = time;
        this.check = new VersionCheck(data);
    }

    /**
     * The version to hand to a reader.
     *
     * @param patience how long to wait for a file that has to be read
     */
    public Found serve(TableRegistry.Entry entry, Duration patience) {
        try {
            Optional<TableRegistry.Entry> settled = settled(entry, new HashSet<>(), patience);
            if (settled.isEmpty()) {
                return new Found.Verifying();
            }
            return settled.get()
                    .current()
                    .<Found>map(Found.Served::new)
                    .orElseGet(() -> settled.get().quarantined().isPresent()
                            ? new Found.Quarantined()
                            : new Found.Unpublished());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Found.Verifying();
        }
    }

    /** The tables as they are once what is seen to be damaged is out of use; what has to be read for that is read later. */
    public List<TableRegistry.Entry> looked(Collection<TableRegistry.Entry> entries) {
        Set<Path> directories = new HashSet<>();
        return entries.stream().map(entry -> looked(entry, directories)).toList();
    }

    private TableRegistry.Entry looked(TableRegistry.Entry entry, Set<Path> directories) {
        try {
            return settled(entry, directories, Duration.ZERO).orElse(entry);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return entry;
        }
    }

    /** The table as it is once its files are known to be whole, or are out of use. */
    TableRegistry.Entry verified(TableRegistry.Entry entry) throws InterruptedException {
        return settled(entry, new HashSet<>(), LONGEST_VERIFICATION)
                .orElseThrow(() -> CoreException.versionUnverified(entry.table().id()));
    }

    /** Whether the version's file is whole, as far as a look can tell. */
    boolean isWhole(TableVersion version) {
        return check.look(version, new HashSet<>()) instanceof VersionCheck.Finding.Whole;
    }

    /** Nothing if a file has to be read for longer than that. */
    private Optional<TableRegistry.Entry> settled(TableRegistry.Entry entry, Set<Path> directories, Duration patience)
            throws InterruptedException {
        TableRegistry.Entry known = entry;
        for (int looks = 0; looks < MOST_LOOKS; looks++) {
            if (known.current().isEmpty()) {
                return Optional.of(known);
            }
            TableVersion version = known.current().get();
            switch (check.look(version, directories)) {
                case VersionCheck.Finding.Whole whole -> {
                    return Optional.of(known);
                }
                case VersionCheck.Finding.Damaged damaged -> {
                    quarantine(version, damaged.why());
                    known = again(known);
                }
                case VersionCheck.Finding.Changed changed -> {
                    Optional<VersionCheck.Finding> found = verify(version, FileTime.from(changed.modified()), patience);
                    if (found.isEmpty()) {
                        return Optional.empty();
                    }
                    known = again(known);
                }
            }
        }
        return Optional.empty();
    }

    private TableRegistry.Entry again(TableRegistry.Entry entry) {
        return registry.find(entry.table().id())
                .orElseGet(() -> new TableRegistry.Entry(entry.table(), Optional.empty()));
    }

    private void quarantine(TableVersion version, String why) {
        registry.quarantine(version, time.now());
        setAside(version);
        LOG.log(
                System.Logger.Level.ERROR,
                "table {0}: version {1} is quarantined: {2}; the next run brings the table again",
                version.table(),
                version.sequence(),
                why);
    }

    /** Nothing names the file any more, so that it can stay where it is if this fails. */
    void setAside(TableVersion version) {
        Path file = check.file(version);
        try {
            // Through a link above it, this would rename a file of another.
            if (check.isBelowDirectories(version) && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                files.rename(file, file.resolveSibling(file.getFileName() + QUARANTINED));
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "the file of a quarantined version stays: {0}", CoreException.reason(e));
        }
    }

    /** Nothing if that takes longer; it goes on then. */
    private Optional<VersionCheck.Finding> verify(TableVersion version, FileTime modified, Duration patience)
            throws InterruptedException {
        CompletableFuture<VersionCheck.Finding> verification =
                verifications.computeIfAbsent(check.file(version), file -> begin(file, version, modified));
        try {
            return Optional.of(verification.get(patience.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException("a verification was interrupted", e);
        }
    }

    private CompletableFuture<VersionCheck.Finding> begin(Path file, TableVersion version, FileTime modified) {
        CompletableFuture<VersionCheck.Finding> verification = new CompletableFuture<>();
        Thread.ofVirtual().name("verify-" + version.table()).start(() -> {
            try {
                reading.acquire();
                try {
                    verification.complete(verified(version, modified));
                } finally {
                    reading.release();
                }
            } catch (InterruptedException | RuntimeException e) {
                verification.completeExceptionally(e);
            } finally {
                verifications.remove(file);
            }
        });
        return verification;
    }

    private VersionCheck.Finding verified(TableVersion version, FileTime modified) throws InterruptedException {
        VersionCheck.Finding found = check.verify(version);
        if (found instanceof VersionCheck.Finding.Damaged damaged) {
            quarantine(version, damaged.why());
        } else {
            try {
                files.finish(check.file(version), version.publishedAt());
                LOG.log(
                        System.Logger.Level.INFO,
                        "table {0}: the file of version {1} was touched and is whole",
                        version.table(),
                        version.sequence());
            } catch (IOException e) {
                check.accept(version, modified);
            }
        }
        return found;
    }
}
