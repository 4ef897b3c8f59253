// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.composite.Part;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed during a merge leaves no file, a draft that does not open, or the whole file. */
@Tag("process")
@Timeout(120)
class KilledMergeTest {
    private static final int KILLS = 12;

    @TempDir
    Path dir;

    @Test
    void aKilledMergeLeavesNoReadableFileOtherThanTheWholeOne() throws Exception {
        List<Path> files = new ArrayList<>();
        try (TestDuckDb duckDb = TestDuckDb.open()) {
            for (int i = 0; i < 4; i++) {
                files.add(duckDb.copy("SELECT hash(i) AS h FROM range(100000) t(i)", dir.resolve(i + ".parquet"), ""));
            }
        }
        byte[] whole = Files.readAllBytes(OpenParts.merge(files, dir.resolve("whole.parquet")));
        Path draft = dir.resolve("draft");
        Random random = new Random();
        int unreadable = 0;
        for (int i = 0; i < KILLS; i++) {
            killAfter(random.nextInt(5_000), draft, files);
            if (Files.exists(draft)) {
                unreadable += isReadable(draft, whole) ? 0 : 1;
                Files.delete(draft);
            }
        }
        assertTrue(unreadable > 0, "at least one kill hit a merge");
    }

    private void killAfter(int micros, Path draft, List<Path> files) throws Exception {
        Path module = Path.of(System.getProperty("agnes.project.dir"), "agnes-core", "target");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                module.resolve("classes")
                        + System.getProperty("path.separator")
                        + module.resolve("test-classes")
                        + System.getProperty("path.separator")
                        + junit(),
                EndlessMerge.class.getName(),
                draft.toString()));
        files.forEach(file -> command.add(file.toString()));
        Process process = new ProcessBuilder(command)
                .redirectError(dir.resolve("errors").toFile())
                .start();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            assertTrue("merged".equals(out.readLine()), () -> "no merge: " + errors());
            // The kill happens at a random moment; every moment must pass.
            TimeUnit.MICROSECONDS.sleep(micros);
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private String errors() {
        try {
            return Files.readString(dir.resolve("errors"));
        } catch (java.io.IOException e) {
            return e.toString();
        }
    }

    /** The jars of the assertions that {@link OpenParts} uses. */
    private static String junit() {
        return Path.of(org.junit.jupiter.api.Assertions.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .getPath())
                .toString();
    }

    private static boolean isReadable(Path draft, byte[] whole) throws Exception {
        try (Part part = Part.of(draft)) {
            if (ParquetFile.inspect(part) instanceof ParquetFile.Inspection.Opened) {
                assertArrayEquals(whole, Files.readAllBytes(draft));
                return true;
            }
        }
        return false;
    }
}
