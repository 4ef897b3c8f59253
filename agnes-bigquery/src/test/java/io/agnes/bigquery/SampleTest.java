// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.testkit.FakeBigQuery;
import io.agnes.testkit.FakeCloudStorage;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The sample program, compiled and run as a separate program like a user's. Every library of Google is on the module path
 * there, which no test within this module has.
 */
@Tag("process")
class SampleTest {
    private static final Path SOURCES = Path.of("..", "samples", "export-from-bigquery", "src", "main", "java");
    private static final String MAIN = "io.agnes.samples.bigquery.ExportFromBigQuery";
    private static final Pattern OF_TESTS =
            Pattern.compile(".*(testkit|test-classes|junit|jqwik|opentest4j|apiguardian|surefire).*");

    @TempDir
    static Path directory;

    private static String libraries;

    /** How the program is started. */
    enum On {
        MODULE_PATH,
        CLASS_PATH;

        List<String> command() {
            String all = classes() + File.pathSeparator + libraries;
            return this == MODULE_PATH
                    ? List.of(
                            "--enable-native-access=duckdb.jdbc", "-p", all, "-m", "io.agnes.samples.bigquery/" + MAIN)
                    : List.of("--enable-native-access=ALL-UNNAMED", "-cp", all, MAIN);
        }
    }

    private record Ended(int code, String said, String errors) {}

    @BeforeAll
    static void compile() throws Exception {
        libraries = Stream.of("jdk.module.path", "java.class.path", "surefire.test.class.path")
                .map(name -> System.getProperty(name, ""))
                .flatMap(path -> Stream.of(path.split(File.pathSeparator)))
                .filter(entry -> !entry.isEmpty() && !OF_TESTS.matcher(entry).matches())
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
        Ended javac = run(
                "javac",
                "",
                List.of(
                        "--release",
                        "21",
                        "-Xlint:all,-requires-automatic,-classfile",
                        "-p",
                        libraries,
                        "-d",
                        classes(),
                        SOURCES.resolve("module-info.java").toString(),
                        SOURCES.resolve(MAIN.replace('.', '/') + ".java").toString()));
        assertEquals(0, javac.code(), javac::toString);
    }

    @ParameterizedTest
    @EnumSource
    void itDescribesAndExportsATable(On on) throws Exception {
        try (FakeCloudStorage storage = FakeCloudStorage.start().bucket("staging");
                FakeBigQuery google = FakeBigQuery.builder().storage(storage).start()) {
            google.dataset("crm")
                    .table("orders")
                    .columns("id INT64, status STRING")
                    .row(1, "open")
                    .row(2, "paid");
            Path file = directory.resolve(on + ".parquet");
            Ended program = export(on, google, storage, "crm.orders", file);
            assertEquals(0, program.code(), program::toString);
            assertTrue(program.said().contains("entityType=TABLE, rows=2"), program::toString);
            assertTrue(program.said().contains("2 rows, SHA-256 "), program::toString);
            assertTrue(Files.size(file) > 0);
        }
    }

    /** Without java.sql, Google's libraries end every error in a NoClassDefFoundError, on the module path alone. */
    @ParameterizedTest
    @EnumSource
    void aFailureHasItsCause(On on) throws Exception {
        try (FakeCloudStorage storage = FakeCloudStorage.start().bucket("staging");
                FakeBigQuery google = FakeBigQuery.builder().storage(storage).start()) {
            google.dataset("crm").table("orders").columns("id INT64");
            Path file = directory.resolve("missing.parquet");
            Ended missing = export(on, google, storage, "crm.missing", file);
            assertEquals(1, missing.code(), missing::toString);
            assertTrue(missing.errors().contains("GoogleCloudException: table "), missing::toString);
            assertTrue(missing.errors().contains(" was not found"), missing::toString);
            google.deny("bigquery.tables.export");
            google.deny("bigquery.jobs.create");
            Ended denied = export(on, google, storage, "crm.orders", file);
            assertEquals(1, denied.code(), denied::toString);
            assertTrue(denied.errors().contains("permission bigquery."), denied::toString);
            assertFalse(denied.errors().contains("NoClassDefFoundError"), denied::toString);
        }
    }

    @Test
    void theReadmeShowsItsCode() throws Exception {
        String source = Files.readString(SOURCES.resolve(MAIN.replace('.', '/') + ".java"));
        Matcher block =
                Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(Path.of("README.md")));
        assertTrue(block.find());
        assertEquals(source.replaceFirst("\\A// SPDX-License-Identifier: .*\n", ""), block.group(1));
    }

    private static Ended export(On on, FakeBigQuery google, FakeCloudStorage storage, String table, Path file)
            throws Exception {
        List<String> command = new ArrayList<>(on.command());
        command.addAll(List.of(
                google.project() + "." + table,
                file.toString(),
                "staging",
                google.endpoint().toString(),
                storage.endpoint().toString()));
        return run("java", google.serviceAccountKey(), command);
    }

    private static String classes() {
        return directory.resolve("classes").toString();
    }

    private static Ended run(String tool, String key, List<String> arguments) throws Exception {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", tool).toString()));
        command.addAll(arguments);
        Path errors = directory.resolve("errors.txt");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
        builder.environment().put("BIGQUERY_KEY", key);
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), said, Files.readString(errors));
    }
}
