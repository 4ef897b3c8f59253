// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import io.agnes.core.file.FileStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many changes a registry has had at least. Each new journal writes it to a file whose name differs from those of the
 * registry, so a copy of the registry's files leaves it behind, and a start can see that one of them is missing or older.
 *
 * @param sequence of the last change before the journal's beginning
 */
record History(String lineage, long sequence) {
    private static final String FORMAT = "agnes-history-1";
    private static final Pattern LINE = Pattern.compile(FORMAT + " ([0-9a-f-]{1,64}) ([0-9]{1,18})\n");
    private static final int LONGEST_FILE = 256;
    private static final System.Logger LOGGER = System.getLogger(History.class.getName());

    /** The file, in the directory of the registry. */
    static Path file(Path registry) {
        return PrivateFiles.directory(registry).resolve("agnes.history");
    }

    /** Reads the file; empty if it is missing or damaged, and then the registry's own files decide. */
    static Optional<History> read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        String text = Files.size(file) > LONGEST_FILE ? "" : Files.readString(file, StandardCharsets.ISO_8859_1);
        Matcher line = LINE.matcher(text);
        if (!line.matches()) {
            LOGGER.log(System.Logger.Level.WARNING, file + " is damaged and will be written anew");
            return Optional.empty();
        }
        return Optional.of(new History(line.group(1), Long.parseLong(line.group(2))));
    }

    /** Writes the file, which is on the disk when this returns. */
    void write(FileStore files, Path file) throws IOException {
        Path draft = file.resolveSibling(file.getFileName() + ".draft");
        files.delete(draft);
        try (FileChannel channel = files.create(draft)) {
            PrivateFiles.hide(draft);
            String line = FORMAT + " " + lineage + " " + sequence + "\n";
            channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.ISO_8859_1)));
            channel.force(true);
        }
        files.rename(draft, file);
        files.syncDirectory(PrivateFiles.directory(file));
    }
}
