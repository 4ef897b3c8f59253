// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Starts to write an output file and never ends: {@code OUT READY}. */
final class EndlessOutput {
    private EndlessOutput() {}

    public static void main(String[] arguments) throws Exception {
        try (OutputFile output = OutputFile.of(arguments[0], List.of())) {
            Files.writeString(output.draft(), "half of it");
            Files.createFile(Path.of(arguments[1]));
            new CountDownLatch(1).await();
        }
    }
}
