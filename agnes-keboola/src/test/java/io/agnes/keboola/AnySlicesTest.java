// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.agnes.core.file.FileStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

/** Random tables in random slices: the result has the same rows, each once and in order. */
@Tag("slow")
class AnySlicesTest {
    /**
     * The characters with a meaning in CSV, and letters of each length in UTF-8. The column names contain none of the
     * letters.
     */
    private static final String LETTERS = "ab\"',;\n\r \\\t\u00e9\u4e2d0-";

    /**
     * A slice, written in one of the valid ways.
     *
     * @param quotes whether all cells are quoted, even if they need no quotes
     */
    record Written(List<List<String>> rows, boolean header, boolean gzip, boolean quotes, boolean lastLineFeed) {
        byte[] bytes(int columns) throws IOException {
            StringBuilder text = new StringBuilder();
            if (header) {
                text.append(line(names(columns)));
            }
            rows.forEach(row -> text.append(line(row)));
            boolean cut = !lastLineFeed && !text.isEmpty() && !text.toString().endsWith("\n\n") && text.length() > 1;
            byte[] plain = text.substring(0, text.length() - (cut ? 1 : 0)).getBytes(StandardCharsets.UTF_8);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (OutputStream to = gzip ? new GZIPOutputStream(out) : out) {
                to.write(plain);
            }
            return out.toByteArray();
        }

        private String line(List<String> row) {
            return String.join(",", row.stream().map(this::cell).toList()) + "\n";
        }

        /** NULL is written as nothing, and empty text as two quotes. */
        private String cell(@Nullable String cell) {
            if (cell == null) {
                return "";
            }
            boolean needed = cell.isEmpty() || cell.chars().anyMatch(c -> "\",\n\r".indexOf(c) >= 0);
            return quotes || needed ? '"' + cell.replace("\"", "\"\"") + '"' : cell;
        }
    }

    /** Reads the result of each try. */
    private static @Nullable Connection witness;

    @BeforeContainer
    static void openWitness() throws SQLException {
        witness = DriverManager.getConnection("jdbc:duckdb:");
    }

    @AfterContainer
    static void closeWitness() throws SQLException {
        Objects.requireNonNull(witness).close();
    }

    record Table(int columns, List<Written> slices) {}

    @Provide
    Arbitrary<Table> tables() {
        return Arbitraries.integers()
                .between(1, 3)
                .flatMap(columns ->
                        slice(columns).list().ofMinSize(1).ofMaxSize(5).map(slices -> new Table(columns, slices)));
    }

    private static Arbitrary<Written> slice(int columns) {
        Arbitrary<String> cell =
                Arbitraries.strings().withChars(LETTERS).ofMaxLength(6).injectNull(0.2);
        Arbitrary<Boolean> coin = Arbitraries.of(true, false);
        return Combinators.combine(cell.list().ofSize(columns).list().ofMaxSize(6), coin, coin, coin, coin)
                .as(Written::new);
    }

    @Property(tries = 1000, shrinking = ShrinkingMode.BOUNDED)
    void everyRowComesOutOnceAndInOrder(@ForAll("tables") Table table) throws Exception {
        Path directory = Files.createTempDirectory("any-slices-");
        try {
            List<List<String>> expected =
                    table.slices.stream().flatMap(slice -> slice.rows.stream()).toList();
            if (!expected.isEmpty()) {
                assertEquals(expected, converted(table, directory), table.toString());
            }
        } finally {
            FileStore.system().deleteTree(directory);
        }
    }

    private static List<List<String>> converted(Table table, Path directory) throws Exception {
        List<String> names = names(table.columns);
        List<CsvSlice> scanned = new ArrayList<>();
        for (Written slice : table.slices) {
            Path file = Files.write(directory.resolve("slice-" + scanned.size()), slice.bytes(table.columns));
            scanned.add(CsvSlice.scan(file, file.toString(), names));
        }
        List<KeboolaColumn> columns = names.stream()
                .map(name -> new KeboolaColumn(name, Optional.empty(), Optional.empty(), Optional.empty()))
                .toList();
        Path target = directory.resolve("out.parquet");
        new Converter(128 << 20).csv(scanned, columns, false, target);
        return read(target);
    }

    private static List<List<String>> read(Path file) throws SQLException {
        List<List<String>> rows = new ArrayList<>();
        try (Statement statement = Objects.requireNonNull(witness).createStatement();
                ResultSet result = statement.executeQuery("SELECT * FROM " + Tables.parquet(file))) {
            while (result.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    row.add(result.getString(i));
                }
                rows.add(row);
            }
        }
        return rows;
    }

    private static List<String> names(int columns) {
        return IntStream.range(0, columns).mapToObj(i -> "col" + i).toList();
    }
}
