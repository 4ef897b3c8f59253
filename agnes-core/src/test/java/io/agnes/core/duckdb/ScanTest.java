// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.duckdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.duckdb.TextScan.LineEnd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A scan yields the contents of its files; the names of files and folders do not change the result. */
class ScanTest {
    private static final long MEMORY_BYTES = 128L << 20;

    @TempDir
    Path dir;

    @Nested
    class Parquet {
        @Test
        void aFolderNamedLikeAColumnDoesNotReplaceItsValues() throws Exception {
            Path file = parquet("v=9/deep/a.parquet", "SELECT 1 AS v UNION ALL SELECT 5");
            assertEquals(List.of("1", "5"), read("v", file));
        }

        @Test
        void aFolderNamedLikeNoColumnInventsNone() throws Exception {
            Path file = parquet("year=2024/month=07/a.parquet", "SELECT 1 AS v");
            assertEquals(List.of("v"), columns(ParquetScan.of(file).sql(), file));
        }

        @Test
        void filesOfDifferentHiveFoldersAreReadTogether() throws Exception {
            Path one = parquet("id=7/x.parquet", "SELECT 1 AS id");
            Path other = parquet("no/x.parquet", "SELECT 5 AS id");
            assertEquals(List.of("1", "5"), read("id", one, other));
        }

        @ParameterizedTest
        @ValueSource(strings = {"filename", "file_row_number", "file_index", "rowid"})
        void aPseudoColumnOfDuckDbIsAnError(String column) throws Exception {
            Path file = parquet("a.parquet", "SELECT 1 AS v");
            assertThrows(DuckDbException.class, () -> read(column, file));
        }

        @ParameterizedTest
        @ValueSource(strings = {"filename", "file_row_number", "file_index", "rowid"})
        void aColumnOfTheFileMayHaveTheNameOfAPseudoColumn(String column) throws Exception {
            Path file = parquet("a.parquet", "SELECT 41 AS " + column);
            assertEquals(List.of("41"), read(column, file));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"*.parquet", "?.parquet", "[ab].parquet", "[!x].parquet", "**/*.parquet", "[a/b].parquet"})
        void aNameWithPatternCharactersReadsThatFileAlone(String name) throws Exception {
            parquet("a.parquet", "SELECT 1 AS v");
            parquet("b.parquet", "SELECT 2 AS v");
            Path file = parquet(name, "SELECT 5 AS v");
            assertEquals(List.of("5"), read("v", file));
        }

        @ParameterizedTest
        @ValueSource(strings = {"[a]", "*", "a?", "{a,b}", "o'clock", "a\\b", "a b%20#\"é"})
        void aFolderMayBeCalledAnything(String folder) throws Exception {
            parquet("a/v.parquet", "SELECT 1 AS v");
            Path file = parquet(folder + "/v.parquet", "SELECT 5 AS v");
            assertEquals(List.of("5"), read("v", file));
        }

        @Test
        void aPathThatCannotBeEscapedIsRefused() throws Exception {
            Path file = dir.resolve("a\\b/*.parquet");
            Files.createDirectories(file.getParent());
            Files.move(parquet("plain.parquet", "SELECT 5 AS v"), file);
            assertThrows(IllegalArgumentException.class, () -> read("v", file));
        }

        private List<String> read(String item, Path... files) throws IOException, InterruptedException {
            return texts("SELECT " + item + " FROM " + new ParquetScan(List.of(files)).sql(), files);
        }
    }

    @Nested
    class Text {
        @Test
        void aFolderNamedLikeAColumnDoesNotReplaceItsValues() throws Exception {
            assertEquals(List.of("1", "2"), text("v", "v=9/a.csv", "1,a\n2,b\n"));
        }

        @Test
        void aFolderNamedLikeNoColumnInventsNone() throws Exception {
            Path file = write("year=2024/a.csv", "1,a\n");
            assertEquals(List.of("v", "w"), columns(scan(file), file));
        }

        @Test
        void aNameWithPatternCharactersReadsThatFileAlone() throws Exception {
            write("a.csv", "7,a\n");
            assertEquals(List.of("1"), text("v", "?.csv", "1,a\n"));
        }

        @Test
        void aPseudoColumnOfDuckDbIsAnError() {
            assertThrows(DuckDbException.class, () -> text("filename", "a.csv", "1,a\n"));
        }

        /** A scan with detection would read these cells as numbers, dates, NULL, comments or a header. */
        @Test
        void everyCellIsReadAsText() throws Exception {
            String cells = "007,1e3\nNULL,#x\n2024-01-01,true\n1;2,\"\"\n 1 ,\ttab\n";
            assertEquals(
                    List.of("007|1e3", "NULL|#x", "2024-01-01|true", "1;2|", " 1 |\ttab"),
                    text("v || '|' || w", "a.csv", cells));
        }

        @Test
        void aRecordWithAnotherNumberOfCellsIsAnError() {
            assertThrows(DuckDbException.class, () -> text("v", "a.csv", "1,a\n2\n"));
        }

        @Test
        void theSuffixOfACompressedFileIsIgnored() throws Exception {
            assertEquals(List.of("1"), text("v", "a.csv.gz", "1,a\n"));
        }

        private List<String> text(String item, String name, String text) throws IOException, InterruptedException {
            Path file = write(name, text);
            return texts("SELECT " + item + " FROM " + scan(file), file);
        }

        private String scan(Path file) {
            return new TextScan(List.of(file), List.of("v", "w"), false, false, LineEnd.LINE_FEED, 100).sql();
        }

        private Path write(String name, String text) throws IOException {
            Path file = dir.resolve(name);
            Files.createDirectories(file.getParent());
            return Files.writeString(file, text);
        }
    }

    @Nested
    class Access {
        @BeforeEach
        void writeAnotherFile() throws Exception {
            parquet("other/b.parquet", "SELECT 1 AS v");
        }

        @Test
        void aFileThatWasNotNamedCannotBeRead() throws Exception {
            Path file = parquet("a/a.parquet", "SELECT 1 AS v");
            String other = ParquetScan.of(dir.resolve("other/b.parquet")).sql();
            DuckDbException e = assertThrows(DuckDbException.class, () -> texts("SELECT v FROM " + other, file));
            assertTrue(e.said().contains("Permission"), e.said());
        }

        @Test
        void aFileBesideTheOneToReadCannotBeRead() throws Exception {
            Path file = parquet("a/a.parquet", "SELECT 1 AS v");
            Path beside = parquet("a/b.parquet", "SELECT 1 AS v");
            assertThrows(
                    DuckDbException.class,
                    () -> DuckDb.run(
                            Workspace.reading(file),
                            MEMORY_BYTES,
                            "test",
                            database -> database.texts(
                                    "SELECT v FROM " + ParquetScan.of(beside).sql())));
        }
    }

    private Path parquet(String name, String query) throws IOException, InterruptedException {
        Path file = dir.resolve(name);
        Files.createDirectories(file.getParent());
        DuckDb.run(
                Workspace.of(file, List.of()),
                MEMORY_BYTES,
                "test",
                database -> database.writeVerifiedParquet(query, file));
        return file;
    }

    private List<String> columns(String relation, Path... files) throws IOException, InterruptedException {
        return texts("SELECT column_name FROM (DESCRIBE SELECT * FROM " + relation + ")", files);
    }

    private List<String> texts(String sql, Path... files) throws IOException, InterruptedException {
        return DuckDb.run(
                Workspace.of(dir.resolve("work/target"), List.of(files)),
                MEMORY_BYTES,
                "test",
                database -> database.texts(sql));
    }
}
