// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.CoreException;
import io.agnes.core.TableId;
import io.agnes.core.Time;
import io.agnes.core.file.OwnerLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A directory locked for one pull at a time. The lock belongs to the kernel, so it ends with the process. The file
 * {@code .agnes-pull.lock} stays and names the last owner.
 */
final class PullDirectory implements AutoCloseable {
    private static final String LOCK = ".agnes-pull.lock";
    private static final String STATE = ".agnes-pull.state";
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);
    private static final int SHA_DIGITS_IN_NAME = 12;
    private static final Pattern PART = Pattern.compile("\\..+\\.[0-9a-f]{" + SHA_DIGITS_IN_NAME + "}\\.part");

    private final Path root;
    private final OwnerLock lock;
    private final boolean waited;
    private final List<Path> parts;
    private final PullState state;

    private PullDirectory(Path root, OwnerLock lock, boolean waited) throws IOException {
        this.root = root;
        this.lock = lock;
        this.waited = waited;
        try (Stream<Path> entries = Files.list(root)) {
            this.parts = entries.filter(entry ->
                            PART.matcher(entry.getFileName().toString()).matches())
                    .toList();
        }
        this.state = PullState.read(root.resolve(STATE));
    }

    /**
     * Creates the directory if it is missing, and locks it.
     *
     * @param longestWait the longest wait for another pull
     * @throws CommandException {@code directory_held}, with the process that holds the lock
     * @throws CoreException {@code directory_unusable}
     */
    static PullDirectory open(Path root, Duration longestWait, Time time) throws InterruptedException {
        try {
            Files.createDirectories(root);
            return own(root, OwnerLock.open(root.resolve(LOCK)), longestWait, time);
        } catch (IOException e) {
            throw CoreException.directoryUnusable("directory", root, CoreException.reason(e));
        }
    }

    private static PullDirectory own(Path root, OwnerLock lock, Duration longestWait, Time time)
            throws IOException, InterruptedException {
        boolean owned = false;
        try {
            long start = time.nanos();
            boolean waited = false;
            while (!lock.take()) {
                if (time.since(start).compareTo(longestWait) >= 0) {
                    throw CommandException.directoryHeld(root, lock.holder());
                }
                waited = true;
                time.sleep(BETWEEN_LOOKS);
            }
            lock.sign();
            PullDirectory directory = new PullDirectory(root, lock, waited);
            owned = true;
            return directory;
        } finally {
            if (!owned) {
                lock.close();
            }
        }
    }

    /** Whether this pull waited for another one to end. */
    boolean waited() {
        return waited;
    }

    Path root() {
        return root;
    }

    PullState state() {
        return state;
    }

    /** The path of a table's file. */
    Path file(TableId table) {
        return root.resolve(table + ".parquet");
    }

    /** The path of a version's download. */
    Path part(SyncManifest.Table table) {
        return root.resolve(prefix(table) + table.sha256().substring(0, SHA_DIGITS_IN_NAME) + ".part");
    }

    private static String prefix(SyncManifest.Table table) {
        return "." + table.id() + ".";
    }

    /** Removes the parts of other versions of the table. */
    void removeOtherParts(SyncManifest.Table table) throws IOException {
        Path wanted = part(table);
        int length = wanted.getFileName().toString().length();
        for (Path part : parts) {
            String name = part.getFileName().toString();
            if (name.startsWith(prefix(table)) && name.length() == length && !part.equals(wanted)) {
                Files.deleteIfExists(part);
            }
        }
    }

    /** Unlocks the directory. */
    @Override
    public void close() throws IOException {
        lock.close();
    }
}
