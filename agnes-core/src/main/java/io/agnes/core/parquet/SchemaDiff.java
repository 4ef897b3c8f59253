// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Compares the schema of a part with that of the first part. */
final class SchemaDiff {
    /** The number of lines that a diff prints; it counts the rest. */
    static final int LINES = 200;

    private final String part;
    private final ParquetSchema expected;
    private final ParquetSchema found;

    SchemaDiff(String part, ParquetSchema expected, ParquetSchema found) {
        this.part = part;
        this.expected = expected;
        this.found = found;
    }

    /** The differences for which a rewrite would have to guess the meaning of values. */
    List<Reason> unclear() {
        Map<List<String>, ParquetColumn> exact = new HashMap<>();
        Map<String, ParquetColumn> folded = new HashMap<>();
        for (ParquetColumn column : expected.columns()) {
            exact.put(column.path(), column);
            folded.put(fold(column), column);
        }
        List<Reason> reasons = new ArrayList<>();
        for (ParquetColumn column : found.columns()) {
            ParquetColumn same = exact.get(column.path());
            ParquetColumn alike = folded.get(fold(column));
            if (same != null) {
                compare(same, column, reasons);
            } else if (alike != null) {
                reasons.add(new Reason.MeaningUnclear(
                        part,
                        ParquetLimits.quoted(column.name()),
                        "names differ in case alone",
                        ParquetLimits.quoted(alike.name()),
                        ParquetLimits.quoted(column.name())));
            }
        }
        return reasons;
    }

    private void compare(ParquetColumn expected, ParquetColumn found, List<Reason> reasons) {
        if ((isText(expected) && isBytes(found)) || (isBytes(expected) && isText(found))) {
            reasons.add(unclear(expected, found, "text and bytes are not the same"));
        } else if (isTime(expected) && isTime(found) && isUtc(expected) != isUtc(found)) {
            reasons.add(unclear(expected, found, "one is an instant, the other a local time"));
        }
    }

    private Reason unclear(ParquetColumn expected, ParquetColumn found, String problem) {
        return new Reason.MeaningUnclear(
                part, ParquetLimits.quoted(found.name()), problem, type(expected), type(found));
    }

    private static String type(ParquetColumn column) {
        return column.logicalType().isEmpty() ? column.physicalType() : column.logicalType();
    }

    private static boolean isText(ParquetColumn column) {
        return column.logicalType().equals("STRING");
    }

    private static boolean isBytes(ParquetColumn column) {
        return column.physicalType().equals("binary") && column.logicalType().isEmpty();
    }

    private static boolean isTime(ParquetColumn column) {
        return column.logicalType().startsWith("TIME");
    }

    private static boolean isUtc(ParquetColumn column) {
        return column.logicalType().endsWith(",true)");
    }

    private static String fold(ParquetColumn column) {
        return String.join("\0", column.path()).toLowerCase(Locale.ROOT);
    }

    /** The schema text with lines of the first part marked {@code -} and of the other {@code +}, at most {@link #LINES}. */
    String text() {
        List<String> old = body(expected.lines());
        List<String> now = body(found.lines());
        if (old.equals(now)) {
            return "  (the same text; the encoded annotations differ)";
        }
        List<String> diff = new ArrayList<>();
        diff.add(" " + expected.lines().get(0));
        diff.addAll(diff(old, now));
        diff.add(" }");
        diff.replaceAll(ParquetLimits::quoted);
        int left = diff.size() - LINES;
        if (left > 0) {
            diff = new ArrayList<>(diff.subList(0, LINES));
            diff.add("  (" + left + " more lines)");
        }
        return String.join("\n", diff);
    }

    /** The lines without the root's name, which is ignored, and its closing brace. */
    private static List<String> body(List<String> lines) {
        return lines.subList(1, lines.size() - 1);
    }

    /** A diff with {@link #CONTEXT} equal lines before the first and after the last difference. */
    private static List<String> diff(List<String> old, List<String> now) {
        int head = 0;
        int shorter = Math.min(old.size(), now.size());
        while (head < shorter && old.get(head).equals(now.get(head))) {
            head++;
        }
        int foot = 0;
        while (foot < shorter - head && old.get(old.size() - 1 - foot).equals(now.get(now.size() - 1 - foot))) {
            foot++;
        }
        List<String> lines = new ArrayList<>();
        old.subList(Math.max(0, head - CONTEXT), head).forEach(line -> lines.add(" " + line));
        middle(old.subList(head, old.size() - foot), now.subList(head, now.size() - foot), lines);
        int after = old.size() - foot;
        old.subList(after, Math.min(old.size(), after + CONTEXT)).forEach(line -> lines.add(" " + line));
        return lines;
    }

    private static final int CONTEXT = 2;

    /** Bound on the cells of {@link #commonLengths}: 1,000 by 1,000 lines. Larger diffs list all old, then all new lines. */
    private static final long CELLS = 1_000_000;

    private static void middle(List<String> old, List<String> now, List<String> lines) {
        if ((old.size() + 1L) * (now.size() + 1L) > CELLS) {
            old.forEach(line -> lines.add("-" + line));
            now.forEach(line -> lines.add("+" + line));
            return;
        }
        int[][] common = commonLengths(old, now);
        int i = 0;
        int j = 0;
        while (i < old.size() || j < now.size()) {
            if (i < old.size() && j < now.size() && old.get(i).equals(now.get(j))) {
                lines.add(" " + old.get(i++));
                j++;
            } else if (i < old.size() && (j == now.size() || common[i + 1][j] >= common[i][j + 1])) {
                lines.add("-" + old.get(i++));
            } else {
                lines.add("+" + now.get(j++));
            }
        }
    }

    /** For each pair of line numbers, the length of the longest common subsequence from there to the end. */
    private static int[][] commonLengths(List<String> old, List<String> now) {
        int[][] common = new int[old.size() + 1][now.size() + 1];
        for (int i = old.size() - 1; i >= 0; i--) {
            for (int j = now.size() - 1; j >= 0; j--) {
                common[i][j] = old.get(i).equals(now.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        return common;
    }
}
