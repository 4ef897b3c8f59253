// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.backup;

import io.agnes.core.Time;
import io.agnes.core.composite.Part;
import io.agnes.core.file.DiskSpace;
import io.agnes.core.file.FileDigests;
import io.agnes.core.file.FileDraft;
import io.agnes.core.file.Scratch;
import io.agnes.server.registry.BackupManifest;
import io.agnes.server.registry.Database;
import io.agnes.server.registry.RegistryException;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;

/**
 * Makes backups of the registry, one at a time and one a minute: a copy of one transaction, opened again, counted and hashed. From
 * its start until the backup is closed at most one copy is on the disk. Safe for use by several threads.
 */
public final class Backups {
    /** The time between the starts of two backups. */
    public static final Duration BETWEEN = Duration.ofMinutes(1);

    /** The copy takes up to once the registry; the other half stays free for the registry, whose log grows meanwhile. */
    static final int SPACE_FACTOR = 2;

    private final Database registry;
    private final Scratch scratch;
    private final DiskSpace space;
    private final Time time;
    private boolean running;
    private Optional<Long> startedAt = Optional.empty();

    public Backups(Database registry, Scratch scratch, DiskSpace space, Time time) {
        this.registry = registry;
        this.scratch = scratch;
        this.space = space;
        this.time = time;
    }

    /** Makes a backup. After a refusal or a failure no byte of it is left. */
    public BackupOutcome take() throws IOException, InterruptedException {
        Optional<BackupOutcome> refusal = begin();
        if (refusal.isPresent()) {
            return refusal.get();
        }
        boolean taken = false;
        try {
            BackupOutcome outcome = copyIfItFits();
            taken = outcome instanceof BackupOutcome.Taken;
            return outcome;
        } finally {
            if (!taken) {
                end();
            }
        }
    }

    private synchronized Optional<BackupOutcome> begin() {
        if (running) {
            return Optional.of(new BackupOutcome.Running());
        }
        Duration wait = startedAt.map(at -> BETWEEN.minus(time.since(at))).orElse(Duration.ZERO);
        if (wait.isPositive()) {
            return Optional.of(new BackupOutcome.TooSoon(wait));
        }
        running = true;
        return Optional.empty();
    }

    private synchronized void end() {
        running = false;
    }

    /** A refusal for want of space does not count as a backup. */
    private synchronized void setStarted() {
        startedAt = Optional.of(time.nanos());
    }

    private BackupOutcome copyIfItFits() throws IOException, InterruptedException {
        long needed = Math.multiplyExact(registry.bytes(), (long) SPACE_FACTOR);
        long free = space.usableBytes(scratch.root());
        if (free < needed) {
            return new BackupOutcome.NoSpace(needed, free);
        }
        setStarted();
        try {
            return new BackupOutcome.Taken(copy());
        } catch (RegistryException e) {
            long left = space.usableBytes(scratch.root());
            if (left < needed) {
                // Something else has filled the disk meanwhile.
                return new BackupOutcome.NoSpace(needed, left);
            }
            throw e;
        }
    }

    private Backup copy() throws IOException, InterruptedException {
        try (FileDraft draft = scratch.draft("registry.duckdb")) {
            BackupManifest manifest = registry.copyTo(draft.path());
            FileDigests digests = FileDigests.of(draft.path(), EnumSet.of(FileDigests.Algorithm.SHA_256));
            return new Backup(Part.of(draft.path()), digests, manifest.takenAt(), this::end);
        }
    }
}
