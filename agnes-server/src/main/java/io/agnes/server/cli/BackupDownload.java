// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.Time;
import io.agnes.core.file.FileDigests;
import io.agnes.core.file.FileDigests.Algorithm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.function.Consumer;

/** Downloads a backup as a whole: a server keeps none, so a part of one is of no use. For one thread. */
final class BackupDownload {
    private static final int MOST_BREAKS = 5;
    private static final int MOST_WAITS = 10;

    /** What the server answered to one attempt. */
    sealed interface Attempt {
        /** @param digest the value of {@code Repr-Digest} */
        record Complete(String digest) implements Attempt {}

        /** @param why for people */
        record Later(Duration length, CommandException why) implements Attempt {}
    }

    /** A backup whose digest is that of the server. */
    record Arrived(long bytes, String sha256) {}

    private final ServerClient client;
    private final Time time;
    private final Consumer<String> told;

    /** @param told is told why it waits or starts over */
    BackupDownload(ServerClient client, Time time, Consumer<String> told) {
        this.client = client;
        this.time = time;
        this.told = told;
    }

    /** Downloads into a file that does not exist yet. */
    Arrived into(Path file) throws IOException, InterruptedException {
        int breaks = 0;
        int waits = 0;
        while (true) {
            try {
                Files.deleteIfExists(file);
                switch (client.backup(file)) {
                    case Attempt.Complete complete -> {
                        return verified(file, complete.digest());
                    }
                    case Attempt.Later later -> {
                        if (++waits > MOST_WAITS) {
                            throw later.why();
                        }
                        told.accept(later.why().getMessage() + "; asking again in "
                                + later.length().toSeconds() + " s");
                        time.sleep(later.length());
                    }
                }
            } catch (ExchangeException e) {
                if (!e.reached() || ++breaks >= MOST_BREAKS) {
                    throw CommandException.unreachable(client.server().toString(), e);
                }
                told.accept("the download broke: " + e.getMessage() + "; starting over");
            }
        }
    }

    private Arrived verified(Path file, String digest) throws IOException, InterruptedException {
        FileDigests found = FileDigests.of(file, EnumSet.of(Algorithm.SHA_256));
        if (!digest.equals(ServerClient.reprDigest(found.sha256()))) {
            throw CommandException.malformed(
                    client.server().toString(), ServerClient.BACKUP, "its SHA-256 is not the one in Repr-Digest");
        }
        return new Arrived(found.length(), found.sha256());
    }
}
