// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.CoreException;
import io.agnes.core.Time;
import io.agnes.core.table.TableRegistry;
import io.agnes.core.table.TableVersion;
import io.agnes.core.version.VersionStore;
import io.agnes.core.version.VersionStore.Condition;
import io.agnes.core.work.Permits;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Finds the version of a table that may be served, and quarantines damaged ones: the registry forgets the state of the
 * source, so that the next run fetches the table again; the store renames the content, so that no reader finds it; the
 * newest whole version before it is served instead. Content that only was touched is read once. Safe for use by several
 * threads; one version is read at a time.
 */
public final class VersionGuard {
    private static final System.Logger LOG = System.getLogger(VersionGuard.class.getName());

    /** A table keeps the versions of a day, and each inspection can quarantine one. */
    private static final int MOST_INSPECTIONS = 1000;

    private static final Duration LONGEST_VERIFICATION = Duration.ofHours(1);

    /** What a reader of a table can get. */
    public sealed interface Found {
        /** A version whose content is whole. */
        record Served(TableVersion version) implements Found {}

        /** The content was touched and is being verified; ask again. */
        record Verifying() implements Found {}

        /** Every version that was published is damaged. */
        record Quarantined() implements Found {}

        /** No version was published yet. */
        record Unpublished() implements Found {}
    }

    private final VersionStore versions;
    private final TableRegistry registry;
    private final Time time;
    private final Permits reading = new Permits(1);
    private final Map<String, CompletableFuture<Condition>> verifications = new ConcurrentHashMap<>();

    VersionGuard(VersionStore versions, TableRegistry registry, Time time) {
        this.versions = versions;
        this.registry = registry;
        this.time = time;
    }

    /**
     * The version to hand to a reader.
     *
     * @param patience how long to wait for a verification
     */
    public Found serve(TableRegistry.Entry entry, Duration patience) {
        try {
            Optional<TableRegistry.Entry> settled = settled(entry, versions.inspect(), patience);
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

    /**
     * Inspects the current versions of these tables and quarantines the damaged ones. Starts the verifications that are
     * needed and does not wait for them.
     *
     * @return the tables afterwards
     */
    public List<TableRegistry.Entry> inspected(Collection<TableRegistry.Entry> entries) {
        VersionStore.Inspection inspection = versions.inspect();
        return entries.stream().map(entry -> inspected(entry, inspection)).toList();
    }

    private TableRegistry.Entry inspected(TableRegistry.Entry entry, VersionStore.Inspection inspection) {
        try {
            return settled(entry, inspection, Duration.ZERO).orElse(entry);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return entry;
        }
    }

    /** The table once its current version is known to be whole and damaged ones are quarantined. */
    TableRegistry.Entry verified(TableRegistry.Entry entry) throws InterruptedException {
        return settled(entry, versions.inspect(), LONGEST_VERIFICATION)
                .orElseThrow(() -> CoreException.versionUnverified(entry.table().id()));
    }

    /** Empty if a verification takes longer than the patience. */
    private Optional<TableRegistry.Entry> settled(
            TableRegistry.Entry entry, VersionStore.Inspection inspection, Duration patience)
            throws InterruptedException {
        TableRegistry.Entry known = entry;
        for (int i = 0; i < MOST_INSPECTIONS; i++) {
            if (known.current().isEmpty()) {
                return Optional.of(known);
            }
            TableVersion version = known.current().get();
            switch (inspection.of(version)) {
                case Condition.Whole whole -> {
                    return Optional.of(known);
                }
                case Condition.Damaged damaged -> quarantine(version, damaged.why());
                case Condition.Unverified touched -> {
                    if (verify(version, patience).isEmpty()) {
                        return Optional.empty();
                    }
                }
            }
            known = again(known);
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

    /** The registry serves the version no more, so a failure to rename its content does no harm. */
    void setAside(TableVersion version) {
        try {
            versions.quarantine(version);
        } catch (IOException e) {
            LOG.log(
                    System.Logger.Level.DEBUG,
                    "the content of a quarantined version keeps its name: {0}",
                    CoreException.reason(e));
        }
    }

    /** Empty if the verification takes longer than the patience; it then goes on. */
    private Optional<Condition> verify(TableVersion version, Duration patience) throws InterruptedException {
        CompletableFuture<Condition> verification =
                verifications.computeIfAbsent(version.name(), name -> begin(version));
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

    private CompletableFuture<Condition> begin(TableVersion version) {
        CompletableFuture<Condition> verification = new CompletableFuture<>();
        Thread.ofVirtual().name("verify-" + version.table()).start(() -> {
            try {
                reading.run(() -> verification.complete(verifyNow(version)));
            } catch (IOException | InterruptedException | RuntimeException e) {
                verification.completeExceptionally(e);
            } finally {
                verifications.remove(version.name());
            }
        });
        return verification;
    }

    private Condition verifyNow(TableVersion version) throws InterruptedException {
        Condition found = versions.verify(version);
        if (found instanceof Condition.Damaged damaged) {
            quarantine(version, damaged.why());
        } else {
            LOG.log(
                    System.Logger.Level.INFO,
                    "table {0}: the file of version {1} was touched and is whole",
                    version.table(),
                    version.sequence());
        }
        return found;
    }
}
