// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileOnDemandTest {
    @TempDir
    private Path folder;

    @Test
    void aFileThatWasReplacedSinceItWasPlannedIsNotRead() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "one");
        FileOnDemand part = FileOnDemand.of(file);
        ByteBuffer read = ByteBuffer.allocate(2);
        part.read(1, read);
        assertEquals("ne", new String(read.array(), java.nio.charset.StandardCharsets.US_ASCII));
        Path other = Files.writeString(folder.resolve("other"), "two");
        Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));
        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
        IOException changed = assertThrows(IOException.class, () -> part.read(0, ByteBuffer.allocate(1)));
        assertEquals("file " + file + " was changed in the meantime", changed.getMessage());
    }
}
