// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputFilesTest {
    @TempDir
    private Path folder;

    private static InputStream text(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String refusal(String... words) {
        return assertThrows(CommandException.class, () -> InputFiles.of(List.of(words), text("")))
                .getMessage();
    }

    @Test
    void aFolderStandsForItsParquetFilesInNaturalOrder() throws Exception {
        for (String name : List.of("p-10.parquet", "p-2.parquet", ".p-1.parquet", "p-1.csv", "_SUCCESS")) {
            Files.createFile(folder.resolve(name));
        }
        Files.createDirectory(folder.resolve("below.parquet"));
        assertEquals(
                List.of(folder.resolve("p-2.parquet"), folder.resolve("p-10.parquet")),
                InputFiles.of(List.of(folder.toString()), text("")));
    }

    @Test
    void aListNamesFilesOneOnEachLineInItsOwnOrder() throws Exception {
        Path list = Files.writeString(folder.resolve("list"), "b.parquet\r\n\n a .parquet\n#c");
        assertEquals(
                List.of(Path.of("b.parquet"), Path.of(" a .parquet"), Path.of("#c"), Path.of("@x")),
                InputFiles.of(List.of("@" + list, "@-"), text("@x\n")));
    }

    @Test
    void aListMayBeEndedByNulForNamesThatHoldLineFeeds() {
        assertEquals(List.of(Path.of("a\nb"), Path.of("c")), InputFiles.of(List.of("@-"), text("a\nb\0c\0")));
    }

    @Test
    void whatNamesNoFileIsOneSentence() {
        assertEquals("a file name is empty", refusal(""));
        assertEquals("the list @- names no file", refusal("@-"));
        assertEquals(
                "list " + folder.resolve("none") + " cannot be read: it does not exist",
                refusal("@" + folder.resolve("none")));
        assertEquals("no file can be named a\\u0000b: Nul character not allowed", refusal("a\0b"));
    }
}
