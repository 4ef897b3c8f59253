// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The class files run on JDK 21, whichever JDK compiled them. The compiler's release option refuses newer APIs. */
class ClassFilesTest {
    private static final Path PROJECT = Path.of(System.getProperty("agnes.project.dir"));
    private static final int MAGIC = 0xCAFEBABE;
    private static final int JAVA_21 = 65;

    @ParameterizedTest
    @ValueSource(strings = {"core", "testkit", "keboola", "bigquery", "dump", "server"})
    void everyClassFileIsOfRelease21(String module) throws IOException {
        Path classes = PROJECT.resolve("agnes-" + module).resolve("target").resolve("classes");
        try (Stream<Path> all = Files.walk(classes)) {
            List<Path> files =
                    all.filter(path -> path.toString().endsWith(".class")).toList();
            assertFalse(files.isEmpty());
            for (Path file : files) {
                try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
                    assertEquals(MAGIC, in.readInt(), file.toString());
                    assertEquals(0, in.readUnsignedShort(), file + " needs preview features");
                    assertEquals(JAVA_21, in.readUnsignedShort(), file.toString());
                }
            }
        }
    }
}
