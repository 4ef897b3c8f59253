// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.file;

import static java.util.Objects.requireNonNull;

import io.agnes.core.CoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.regex.Pattern;

/** The random id of a data directory. It is made once, kept in the directory, and names its scratch elsewhere. */
final class DirectoryId {
    private static final String FILE = "agnes.id";
    private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");
    private static final int LONGEST_FILE = 64;

    private DirectoryId() {}

    /** Reads or makes the id of a directory that this process owns. */
    static String of(FileStore files, Path root) throws IOException {
        Path file = root.resolve(FILE);
        if (!Files.exists(file)) {
            make(files, file);
        }
        String id = Files.size(file) > LONGEST_FILE
                ? ""
                : Files.readString(file, StandardCharsets.ISO_8859_1).strip();
        if (!ID.matcher(id).matches()) {
            throw CoreException.directoryUnusable(
                    "data directory",
                    root,
                    "its file " + FILE + " is damaged; remove it to have a new one made, and then the folder agnes-* of"
                            + " this directory below its scratch directory");
        }
        return id;
    }

    private static void make(FileStore files, Path file) throws IOException {
        Path draft = file.resolveSibling(FILE + ".draft");
        files.delete(draft);
        try (FileChannel channel = files.create(draft)) {
            String id = UUID.randomUUID().toString().replace("-", "") + "\n";
            channel.write(ByteBuffer.wrap(id.getBytes(StandardCharsets.ISO_8859_1)));
        }
        files.sync(draft);
        files.rename(draft, file);
        files.syncDirectory(requireNonNull(file.getParent()));
    }
}
