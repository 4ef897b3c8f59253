// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.duckdb.DuckDb;
import io.agnes.core.duckdb.Workspace;
import io.agnes.core.table.TableProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DuckDbProfilerTest {
    @TempDir
    Path dir;

    private DuckDbProfiler profiler;

    @BeforeEach
    void open() {
        profiler = new DuckDbProfiler(dir.resolve("tmp"));
    }

    private Path file(String name, String query) throws IOException, InterruptedException {
        Path file = dir.resolve(name);
        Files.createDirectories(file.getParent());
        DuckDb.run(
                Workspace.of(file, List.of()),
                128L << 20,
                "test",
                database -> database.writeVerifiedParquet(query, file));
        return file;
    }

    @Test
    void aFolderNamedLikeAColumnDoesNotReplaceItsValues() throws Exception {
        Path file = file("v=9/a.parquet", "SELECT 1 AS v UNION ALL SELECT 5");
        assertEquals(
                new TableProfile(2, List.of(new TableProfile.Column("v", 0, "1", "5", 2))), profiler.profile(file));
    }

    @Test
    void aFileIsMeasuredAndNoOtherThatItsNameMatches() throws Exception {
        file("a.parquet", "SELECT 7 AS v");
        assertEquals(1, profiler.profile(file("*.parquet", "SELECT 1 AS v")).rows());
    }

    @Test
    void aLargeFileLeavesNoSpill() throws Exception {
        Path file = file("a.parquet", "SELECT md5(range::VARCHAR) AS v FROM range(300000)");
        assertEquals(300_000, profiler.profile(file).rows());
        assertFalse(Files.exists(dir.resolve("tmp/profile.spill")));
    }

    @Test
    void aDamagedFileIsAnError() throws Exception {
        Path file = Files.writeString(dir.resolve("a.parquet"), "PAR1 no PAR1");
        String message = String.valueOf(
                assertThrows(IOException.class, () -> profiler.profile(file)).getMessage());
        assertTrue(message.startsWith("the profile of a.parquet: "), message);
    }

    @Test
    void anInterruptOfWhoWaitsEndsTheWait() throws Exception {
        Path file = file("a.parquet", "SELECT 1 AS v");
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> profiler.profile(file));
        assertEquals(1, profiler.profile(file).rows());
    }
}
