// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class CsvScanTest {
    private static final List<String> COLUMNS = List.of("id", "na\"me", "a,b");

    @Property(tries = 500)
    void everyRecordIsCountedOnceHoweverTheBytesArrive(
            @ForAll("rows") List<List<String>> rows, @ForAll @IntRange(min = 1, max = 7) int chunk) {
        Assume.that(rows.isEmpty() || !rows.getFirst().equals(COLUMNS));
        CsvScan scan = scan(text(rows), chunk);
        assertEquals(rows.size(), scan.records());
        assertFalse(scan.header());
        assertFalse(scan.inQuotes());
    }

    @Property(tries = 200)
    void aHeaderIsFoundAndNotCounted(@ForAll("rows") List<List<String>> rows) {
        List<List<String>> all = new ArrayList<>(rows);
        all.addFirst(COLUMNS);
        CsvScan scan = scan(text(all), 3);
        assertTrue(scan.header());
        assertEquals(rows.size(), scan.records());
    }

    @Property(tries = 300)
    void theCellsOfARecordAreReadBack(@ForAll("row") List<String> row) {
        String line = text(List.of(row));
        assertEquals(row, CsvScan.fields(line.substring(0, line.length() - 1)));
    }

    @Test
    void theLastLineFeedMayBeMissing() {
        assertEquals(2, scan("1,2,3\n4,5,6", 100).records());
    }

    @Test
    void anEmptyLineIsARowOfOneColumnOnly() {
        assertEquals(1, scan("1,2,3\n\n", 100).records());
        CsvScan one = new CsvScan(List.of("id"));
        one.accept("\n\n".getBytes(StandardCharsets.UTF_8), 2);
        one.end();
        assertEquals(2, one.records());
    }

    @Test
    void anOpenQuoteIsTold() {
        assertTrue(scan("1,\"2,3\n", 100).inQuotes());
    }

    @Test
    void aHeaderOfOtherColumnsIsARow() {
        CsvScan scan = scan("id,name,ab\n1,2,3\n", 100);
        assertFalse(scan.header());
        assertEquals(2, scan.records());
    }

    @Provide
    Arbitrary<List<List<String>>> rows() {
        return row().list().ofMaxSize(6);
    }

    @Provide
    Arbitrary<List<String>> row() {
        return Arbitraries.strings()
                .withChars('a', '"', ',', '\n', '\r', 'č', ' ')
                .ofMaxLength(5)
                .list()
                .ofSize(COLUMNS.size());
    }

    private static String text(List<List<String>> rows) {
        return rows.stream()
                .map(row -> row.stream()
                                .map(cell -> '"' + cell.replace("\"", "\"\"") + '"')
                                .collect(Collectors.joining(","))
                        + "\n")
                .collect(Collectors.joining());
    }

    private static CsvScan scan(String text, int chunk) {
        CsvScan scan = new CsvScan(COLUMNS);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int at = 0; at < bytes.length; at += chunk) {
            byte[] some = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + chunk));
            scan.accept(some, some.length);
        }
        scan.end();
        return scan;
    }
}
