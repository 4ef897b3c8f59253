// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.backup;

import java.time.Duration;

/** What came of a request for a backup. */
public sealed interface BackupOutcome {
    /** @param backup closed by the caller */
    record Taken(Backup backup) implements BackupOutcome {}

    /** Another backup is being made or sent. */
    record Running() implements BackupOutcome {}

    /** @param left the time until the next backup may begin */
    record TooSoon(Duration left) implements BackupOutcome {}

    /**
     * The disk is too full.
     *
     * @param neededBytes what a backup may need
     * @param freeBytes what is free
     */
    record NoSpace(long neededBytes, long freeBytes) implements BackupOutcome {}
}
