// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.duckdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.agnes.core.CoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColumnSumsTest {
    @TempDir
    Path dir;

    private <T> T run(DuckDb.Work<T> work) throws IOException, InterruptedException {
        return DuckDb.run(Workspace.of(dir.resolve("out.parquet"), List.of()), 128L << 20, "2 slices", work);
    }

    private Optional<String> difference(String expected, String written) throws IOException, InterruptedException {
        List<String> names = List.of("a", "b");
        return run(database -> ColumnSums.of(database, names, names, "(VALUES " + expected + ") t(a, b)")
                .difference(ColumnSums.of(database, names, names, "(VALUES " + written + ") t(a, b)")));
    }

    @Test
    void theOrderOfRowsDoesNotCount() throws Exception {
        assertEquals(Optional.empty(), difference("(1, 'x'), (2, NULL)", "(2, NULL), (1, 'x')"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            (1, 'x'), (2, 'y')  ; (1, 'x')             ; expected 2 rows, found 1
            (1, 'x'), (2, NULL) ; (1, 'x'), (2, '')    ; column b: expected 1 values, found 2
            (1, 'x'), (5, 'y')  ; (9, 'x'), (9, 'y')   ; column a has other values than what it was written from
            (1, 'x'), (1, 'x')  ; (1, 'x'), (1, 'X')   ; column b has other values than what it was written from
            """)
    void aDifferenceNamesTheColumn(String expected, String written, String said) throws Exception {
        assertEquals(Optional.of(said), difference(expected, written));
    }

    @Test
    void aFileThatDiffersFromItsQueryIsAnErrorAndIsDeleted() {
        CoreException e = assertThrows(
                CoreException.class,
                () -> run(database -> database.writeVerifiedParquet(
                        "SELECT random() AS r FROM range(9)", dir.resolve("out.parquet"))));
        assertEquals("conversion_damaged", e.code());
        assertEquals(
                "2 slices became a Parquet file that does not hold the same: column r has other values than what it was"
                        + " written from",
                e.getMessage());
        assertFalse(Files.exists(dir.resolve("out.parquet")));
    }

    @Test
    void aVerifiedFileReturnsItsRows() throws Exception {
        assertEquals(9L, (long) run(database ->
                database.writeVerifiedParquet("SELECT range AS r FROM range(9)", dir.resolve("out.parquet"))));
    }
}
