// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.TableId;
import io.agnes.core.table.TableRegistry;
import io.agnes.core.table.TableVersion;
import io.agnes.core.version.StoredVersion;
import io.agnes.core.version.VersionStore;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Deletes old versions, and content that a crash has left without a version in the registry. */
final class VersionCleanup {
    private static final System.Logger LOG = System.getLogger(VersionCleanup.class.getName());

    /** How far the time of a version may be ahead of the clock: each is at least a second later than the one before. */
    private static final Duration MOST_AHEAD = Duration.ofMinutes(1);

    private final VersionStore versions;
    private final TableRegistry registry;

    VersionCleanup(VersionStore versions, TableRegistry registry) {
        this.versions = versions;
        this.registry = registry;
    }

    /**
     * Deletes versions that were replaced before {@code now} minus the grace, except a version that is served in place of
     * a quarantined one. The registry forgets a version before its content is deleted, so that a crash between the two
     * steps leaves content without a version, and never a version without content.
     *
     * @return how many versions were deleted
     */
    int retire(Duration grace, Instant now) throws IOException {
        Map<TableId, List<TableVersion>> kept = registry.versions().stream()
                .sorted(Comparator.comparingLong(TableVersion::sequence))
                .collect(Collectors.groupingBy(TableVersion::table));
        Map<TableId, Long> served = registry.all().stream()
                .filter(entry -> entry.current().isPresent())
                .collect(Collectors.toMap(
                        entry -> entry.table().id(),
                        entry -> entry.current().get().sequence()));
        int retired = 0;
        for (List<TableVersion> ofOneTable : kept.values()) {
            for (int i = 0; i + 1 < ofOneTable.size(); i++) {
                TableVersion version = ofOneTable.get(i);
                boolean inUse = version.sequence() == served.getOrDefault(version.table(), 0L);
                if (!inUse && ofOneTable.get(i + 1).publishedAt().plus(grace).isBefore(now)) {
                    registry.forget(version);
                    versions.delete(version);
                    retired++;
                }
            }
        }
        return retired;
    }

    /**
     * Deletes content without a version in the registry, if a crash of a known run explains it. All other content stays:
     * the registry may be new, or older than the content.
     *
     * @param interrupted runs that a crash has ended
     * @return how many files or objects were deleted
     */
    int sweep(List<SyncRun> interrupted) throws IOException {
        Set<String> referenced =
                registry.versions().stream().map(TableVersion::name).collect(Collectors.toSet());
        Map<TableId, TableRegistry.Entry> tables = registry.all().stream()
                .collect(Collectors.toMap(entry -> entry.table().id(), Function.identity()));
        int deleted = versions.deleteUnfinished();
        List<StoredVersion> unexplained = new ArrayList<>();
        for (StoredVersion stored : versions.listExcept(referenced)) {
            Optional<TableRegistry.Entry> table = Optional.ofNullable(tables.get(stored.table()));
            if (table.isPresent() && isLeftover(stored, table.get(), interrupted)) {
                versions.delete(stored);
                deleted++;
            } else {
                unexplained.add(stored);
            }
        }
        if (!unexplained.isEmpty()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} files that no version refers to are kept, for no run known here has made them; the first is"
                            + " {1}",
                    unexplained.size(),
                    unexplained.getFirst().name());
        }
        return deleted;
    }

    /** Whether a later version of this table has replaced it, or an interrupted run was about to publish it. */
    private static boolean isLeftover(StoredVersion stored, TableRegistry.Entry entry, List<SyncRun> interrupted) {
        Instant registeredAt = entry.table().registeredAt().truncatedTo(ChronoUnit.SECONDS);
        if (stored.modified().isBefore(registeredAt)) {
            return false;
        }
        long newest = entry.newest().map(TableVersion::sequence).orElse(0L);
        return stored.sequence() <= newest
                || (stored.sequence() == newest + 1
                        && interrupted.stream().anyMatch(run -> includes(run, stored.modified())));
    }

    private static boolean includes(SyncRun run, Instant modified) {
        Instant end = run.finishedAt();
        return !modified.isBefore(run.startedAt().truncatedTo(ChronoUnit.SECONDS))
                && (end == null || !modified.isAfter(end.plus(MOST_AHEAD)));
    }
}
