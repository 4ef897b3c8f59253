// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Help is printed for the requested command. */
@Tag("process")
@Timeout(180)
class HelpTest {
    @TempDir
    private Path scratch;

    private void assertEnds(int code, String output, String errors, String... arguments) throws Exception {
        try (AgnesProcess process = AgnesProcess.start(scratch, Map.of(), arguments)) {
            assertEquals(code, process.exitCode(), process.errors());
            assertTrue(process.output().contains(output), process.output());
            assertEquals(errors, process.errors().strip());
        }
    }

    @ParameterizedTest
    @CsvSource({"agnes, Usage: agnes ", "parquet, Usage: agnes parquet ", "serve, --data-dir"})
    void aCommandsUsageIsShown(String command, String usage) throws Exception {
        assertEnds(0, usage, "", "help", command);
    }

    @Test
    void aCommandBelowAnotherHasHelpToo() throws Exception {
        assertEnds(0, "Usage: agnes parquet merge ", "", "help", "parquet", "merge");
        assertEnds(0, "Usage: agnes parquet merge ", "", "help", "agnes", "parquet", "merge");
    }

    @Test
    void anUnknownCommandIsNamedWithThoseThatThereAre() throws Exception {
        assertEnds(
                64,
                "",
                "agnes: agnes parquet has no command split; it has plan, merge, inspect\nTry: agnes help help",
                "help",
                "parquet",
                "split");
    }

    @Test
    void aUsageErrorNamesTheHelpOfTheCommand() throws Exception {
        assertEnds(
                64,
                "",
                "agnes: Missing required option: '-o=OUT'\nTry: agnes help parquet merge",
                "parquet",
                "merge",
                "a.parquet");
    }
}
