// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import io.agnes.core.file.Scratch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files in the scratch of a data directory. */
public final class ScratchFiles {
    private ScratchFiles() {}

    /** The scratch folder, once a server has created it. */
    public static Path folder(Path data) throws IOException {
        try (Stream<Path> below = Files.list(data.resolve("tmp"))) {
            return below.filter(folder -> folder.getFileName().toString().startsWith("agnes-"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** All files in the scratch except its mark. */
    public static List<Path> of(Path data) throws IOException {
        try (Stream<Path> all = Files.list(folder(data))) {
            return all.filter(file -> !file.endsWith(Scratch.MARK)).toList();
        }
    }
}
