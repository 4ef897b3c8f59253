// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Wrong input on a command line gives one sentence and the documented exit code, never a stack trace. */
@Tag("process")
@Timeout(180)
class BadInputTest {
    private static final String CASES = """
            serve --data-dir /proc/agnes --port 0                     | 73
            serve --data-dir FILE --port 0                            | 73
            serve --data-dir DIR --temp-dir /proc/agnes --port 0      | 73
            serve --data-dir DIR --temp-dir DIR --port 0              | 73
            serve --data-dir DIR --port 99999                         | 78
            serve --data-dir DIR --port x                             | 78
            serve --data-dir DIR --port 0 --host no.such.host.invalid | 69
            serve --config /nowhere/agnes.yaml                        | 78
            serve --config DIR                                        | 78
            serve --data-dir                                          | 64
            serve surplus                                             | 64
            demo --once --data-dir /proc/agnes                        | 73
            demo --once --port 99999                                  | 64
            demo --once --port x                                      | 64
            pull --server http://127.0.0.1:1 --into DIR               | 69
            pull --server https://no.such.host.invalid --into DIR     | 69
            pull --server nonsense --into DIR                         | 64
            pull --server http://127.0.0.1:99999 --into DIR           | 64
            pull --server http://203.0.113.1 --into DIR               | 64
            pull --token-file /nowhere/token --into DIR               | 1
            sync --server http://127.0.0.1:1                          | 69
            sync --server ftp://127.0.0.1                             | 64
            sync --server                                             | 64
            import                                                    | 64
            import --from /nowhere/system.duckdb --data-dir DIR       | 1
            import --from FILE --data-dir DIR                         | 1
            import --from DIR --data-dir DIR                          | 1
            parquet plan /nowhere/a.parquet                           | 1
            parquet plan FILE                                         | 4
            parquet inspect FILE                                      | 4
            parquet merge FILE -o /proc/agnes                         | 73
            parquet merge FILE -o FILE                                | 73
            parquet merge FILE                                        | 64
            parquet split FILE                                        | 64
            emulate keboola --port 99999                              | 64
            emulate keboola --tables /nowhere                         | 1
            emulate keboola --tables FILE                             | 1
            emulate storage --port 99999                              | 64
            emulate bigquery --storage-port 99999                     | 64
            emulate storage --objects /nowhere                        | 1
            admin token --data-dir /nowhere                           | 73
            admin token --data-dir DIR                                | 73
            admin token --data-dir DIR --expires-days 0               | 64
            api export                                                | 64
            api export --format yaml                                  | 64
            api export --format openapi -o /proc/agnes                | 73
            audit verify --head 1                                     | 64
            audit verify --data-dir DIR                               | 73
            audit verify --server http://127.0.0.1:1                  | 69
            backup -o /proc/agnes                                     | 73
            backup --server nonsense                                  | 64
            restore FILE                                              | 64
            restore FILE --data-dir DIR                               | 1
            restore FILE --data-dir DIR --check                       | 1
            restore /nowhere/backup.duckdb --data-dir DIR             | 1
            restore --data-dir DIR                                    | 64
            bench nothing                                             | 64
            help nothing                                              | 64
            nothing                                                   | 64
            """;

    private static final Set<String> COVERED = new TreeSet<>();

    @TempDir
    private Path directory;

    @BeforeAll
    static void commandsOfTheCases() {
        CASES.lines().forEach(line -> COVERED.add(line.split(" ")[0]));
    }

    /** Fails until a new command has a row in the table above. */
    @Test
    void everyCommandIsAmongThem() {
        Set<String> commands = new TreeSet<>(Main.line().getSubcommands().keySet());
        commands.removeAll(COVERED);
        assertEquals(Set.of(), commands);
    }

    @Test
    void everyCommandTellsItsExitCodes() {
        List<String> silent = Main.line().getSubcommands().values().stream()
                .flatMap(BadInputTest::leaves)
                .filter(command ->
                        command.getCommandSpec().usageMessage().exitCodeList().isEmpty())
                .map(command -> command.getCommandSpec().qualifiedName())
                .filter(name -> !name.startsWith("agnes bench") && !name.equals("agnes help"))
                .toList();
        assertEquals(List.of(), silent);
    }

    private static Stream<CommandLine> leaves(CommandLine command) {
        return command.getSubcommands().isEmpty()
                ? Stream.of(command)
                : command.getSubcommands().values().stream().flatMap(BadInputTest::leaves);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = CASES)
    void isOneSentenceAndTheDocumentedCode(String words, int code) throws Exception {
        Path file = Files.writeString(directory.resolve("fi\u001ble.txt"), "nothing of use");
        Path empty = Files.createDirectories(directory.resolve("ünïcode directory"));
        String[] arguments = Stream.of(words.strip().split(" +"))
                .map(word -> word.equals("FILE") ? file.toString() : word)
                .map(word -> word.equals("DIR") ? empty.toString() : word)
                .toArray(String[]::new);
        Path scratch = Files.createDirectories(directory.resolve("scratch"));
        Map<String, String> environment = Map.of("AGNES_TOKEN", "agn_any", "LC_ALL", "C.UTF-8");
        try (AgnesProcess process = AgnesProcess.start(scratch, environment, arguments)) {
            assertEquals(code, process.exitCode(), process.output() + process.errors());
            String said = process.output() + process.errors();
            assertFalse(said.contains("\tat ") || said.contains("Exception"), said);
            assertFalse(said.contains("\u001b"), said);
            assertTrue(said.contains("agnes: ") || code == 4, said);
        }
        assertNothingElseIsLeft(empty);
    }

    private static void assertNothingElseIsLeft(Path directory) throws IOException {
        try (Stream<Path> left = Files.list(directory)) {
            List<String> names = left.map(path -> path.getFileName().toString())
                    .filter(name -> !Set.of("lock", "agnes.id", "tmp").contains(name) && !name.startsWith(".agnes"))
                    .toList();
            assertEquals(List.of(), names);
        }
    }
}
