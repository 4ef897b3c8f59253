// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.duckdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DuckDbTest {
    private static final long MEMORY_BYTES = 128L << 20;
    private static final String ENDLESS = "SELECT sum(hash(a.range)) FROM range(10000000) a, range(10000000) b";

    @TempDir
    Path dir;

    private <T> T run(DuckDb.Work<T> work) throws IOException, InterruptedException {
        return DuckDb.run(Workspace.of(dir.resolve("out.parquet"), List.of()), MEMORY_BYTES, "the work", work);
    }

    @Test
    void anInterruptEndsTheQueryAndLeavesNoThread() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        FutureTask<Object> work = new FutureTask<>(() -> run(database -> {
            begun.countDown();
            return database.texts(ENDLESS);
        }));
        Thread caller = Thread.ofVirtual().start(() -> {
            work.run();
        });
        begun.await();
        caller.interrupt();
        caller.join();
        Throwable failure = assertThrows(ExecutionException.class, work::get);
        assertTrue(failure.getCause() instanceof InterruptedException, failure.toString());
        assertTrue(Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("agnes-duckdb")));
    }

    @Test
    void runningOutOfMemoryIsALimitAndLeavesNoSpill() {
        DuckDbException e = assertThrows(
                DuckDbException.class,
                () -> DuckDb.run(
                        Workspace.of(dir.resolve("out.parquet"), List.of()),
                        16L << 20,
                        "the work",
                        database ->
                                database.texts("SELECT length(string_agg(repeat('x', 1000), '')) FROM range(200000)")));
        assertTrue(e.isLimit(), e.said());
        assertFalse(Files.exists(dir.resolve("out.parquet.spill")));
    }

    @Test
    void aFailureNamesTheWorkAndNoFolder() {
        DuckDbException e = assertThrows(
                DuckDbException.class,
                () -> run(database -> database.texts("SELECT * FROM "
                        + ParquetScan.of(dir.resolve("absent.parquet")).sql())));
        String message = String.valueOf(e.getMessage());
        assertTrue(message.startsWith("the work: ") && message.contains("absent.parquet"), message);
        assertFalse(message.contains(dir.toString()), message);
        assertFalse(e.isLimit());
    }

    @Test
    void theSameWorkGivesTheSameBytes() throws Exception {
        String query = "SELECT range AS id, 'name ' || range % 97 AS name FROM range(400000)";
        for (String name : List.of("a.parquet", "b.parquet")) {
            run(database -> database.writeVerifiedParquet(query, dir.resolve(name)));
        }
        assertEquals(-1, Files.mismatch(dir.resolve("a.parquet"), dir.resolve("b.parquet")));
    }

    @Test
    void settingsOfTheDatabaseAreFinal() {
        assertThrows(DuckDbException.class, () -> run(database -> database.texts("SET threads = 8")));
    }

    @Test
    void rowsKeepNulls() throws Exception {
        assertNull(run(database -> database.rows("SELECT NULL")).getFirst().getFirst());
    }
}
