// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.backup;

import io.agnes.core.composite.Part;
import io.agnes.core.file.FileDigests;
import java.io.IOException;
import java.time.Instant;

/**
 * A verified backup, ready to be sent. Its file has lost its name already, so its bytes are free once this is closed, or the
 * process has ended. Until then no other backup is made.
 */
public final class Backup implements AutoCloseable {
    private final Part content;
    private final FileDigests digests;
    private final Instant takenAt;
    private final Runnable closed;

    Backup(Part content, FileDigests digests, Instant takenAt, Runnable closed) {
        this.content = content;
        this.digests = digests;
        this.takenAt = takenAt;
        this.closed = closed;
    }

    /** The bytes of the backup. */
    public Part content() {
        return content;
    }

    /** Their length and SHA-256. */
    public FileDigests digests() {
        return digests;
    }

    /** The moment of which the backup shows the registry. */
    public Instant takenAt() {
        return takenAt;
    }

    /** The name for readers, as {@code agnes-backup-1700000000.duckdb}. */
    public String name() {
        return "agnes-backup-" + takenAt.getEpochSecond() + ".duckdb";
    }

    @Override
    public void close() throws IOException {
        try {
            content.close();
        } finally {
            closed.run();
        }
    }
}
