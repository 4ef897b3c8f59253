// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.testkit.FakeKeboola;
import io.agnes.testkit.Samples;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sample program, compiled and run as a separate program like a user's. */
@Tag("process")
class SampleTest {
    private static final Path SOURCES = Path.of("..", "samples", "export-a-table", "src", "main", "java");
    private static final String MAIN = "io.agnes.samples.export.ExportATable";
    private static final Pattern OF_TESTS =
            Pattern.compile(".*(testkit|test-classes|junit|jqwik|opentest4j|apiguardian|surefire).*");

    @TempDir
    static Path directory;

    private static String libraries;

    @BeforeAll
    static void compile() throws Exception {
        String path = System.getProperty("jdk.module.path", System.getProperty("java.class.path"));
        libraries = Stream.of(path.split(File.pathSeparator))
                .filter(entry -> !OF_TESTS.matcher(entry).matches())
                .collect(Collectors.joining(File.pathSeparator));
        run(
                "javac",
                "--release",
                "21",
                "-Xlint:all",
                "-Werror",
                "-p",
                libraries,
                "-d",
                classes(),
                SOURCES.resolve("module-info.java").toString(),
                SOURCES.resolve(MAIN.replace('.', '/') + ".java").toString());
    }

    @Test
    void itRunsOnTheModulePath() throws Exception {
        export(
                "--enable-native-access=duckdb.jdbc",
                "-p",
                classes() + File.pathSeparator + libraries,
                "-m",
                "io.agnes.samples.export/" + MAIN);
    }

    @Test
    void itRunsOnTheClassPath() throws Exception {
        export("--enable-native-access=ALL-UNNAMED", "-cp", classes() + File.pathSeparator + libraries, MAIN);
    }

    @Test
    void theReadmeShowsItsCode() throws Exception {
        Matcher block =
                Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(Path.of("README.md")));
        assertTrue(block.find());
        String source = Files.readString(SOURCES.resolve(MAIN.replace('.', '/') + ".java"));
        assertEquals(source.replaceFirst("\\A// SPDX-License-Identifier: .*\n", ""), block.group(1));
    }

    private void export(String... java) throws Exception {
        try (FakeKeboola keboola =
                FakeKeboola.builder().sliceRows(1000).jobPolls(0).start()) {
            keboola.seed(Samples.AIRPORTS);
            Path file = directory.resolve("airports.parquet");
            List<String> command = new ArrayList<>(Arrays.asList(java));
            command.addAll(List.of(
                    keboola.stackUrl().toString(),
                    Samples.AIRPORTS.tableId(),
                    file.toString(),
                    keboola.storageEndpoint().toString()));
            String said = run("java", keboola.token(), command);
            assertTrue(said.contains("3376 rows, SHA-256 ") && said.contains("Opened["), said);
            assertEquals(List.of("3376"), Tables.row("SELECT count(*) FROM " + Tables.parquet(file)));
            assertEquals("", Files.readString(directory.resolve("errors.txt")));
        }
    }

    private static String classes() {
        return directory.resolve("classes").toString();
    }

    private static void run(String tool, String... arguments) throws Exception {
        run(tool, "", List.of(arguments));
    }

    private static String run(String tool, String token, List<String> arguments) throws Exception {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", tool).toString()));
        command.addAll(arguments);
        Path errors = directory.resolve("errors.txt");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
        builder.environment().put("KBC_TOKEN", token);
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), () -> tool + " said " + said + read(errors));
        return said;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
