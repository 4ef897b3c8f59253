// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The value of the key {@code pandas}: JSON that describes a data frame. Its {@code index_columns} name the columns that are
 * the index, or hold a {@code range} that counts the rows of the file.
 */
final class PandasMetadata {
    private static final String INDEX = "index_columns";

    private final String text;
    private final TextRange index;
    private final @Nullable Range range;

    private PandasMetadata(String text, TextRange index, @Nullable Range range) {
        this.text = text;
        this.index = index;
        this.range = range;
    }

    /** A range of characters of the text, {@code to} exclusive. */
    private record TextRange(int from, int to) {
        String of(String text) {
            return text.substring(from, to);
        }

        String replaced(String text, String by) {
            return text.substring(0, from) + by + text.substring(to);
        }
    }

    /** A range index: the numbers {@code start}, {@code start + step}, and so on, before {@code stop}. */
    record Range(String name, long start, long stop, long step) {
        /** The number of values; -1 if the step is 0. */
        long count() {
            if (step == 0) {
                return -1;
            }
            long distance = step > 0 ? Math.subtractExact(stop, start) : Math.subtractExact(start, stop);
            return distance <= 0 ? 0 : Math.ceilDiv(distance, Math.abs(step));
        }
    }

    /** Parses the metadata; empty if it is not a JSON object with an array {@code index_columns}. */
    static Optional<PandasMetadata> parse(String text) {
        try {
            TextRange index = new JsonScanner(text).object(0).get(INDEX);
            if (index == null || text.charAt(index.from()) != '[') {
                return Optional.empty();
            }
            return Optional.of(new PandasMetadata(text, index, range(index.of(text))));
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }

    private static @Nullable Range range(String index) {
        JsonScanner scan = new JsonScanner(index);
        int from = scan.blank(1);
        if (index.charAt(from) != '{') {
            return null;
        }
        Map<String, TextRange> fields = scan.object(from);
        boolean alone = index.charAt(scan.blank(scan.value(from))) == ']';
        if (!alone || !field(fields, "kind", index).equals("\"range\"")) {
            return null;
        }
        return new Range(
                field(fields, "name", index),
                Long.parseLong(field(fields, "start", index)),
                Long.parseLong(field(fields, "stop", index)),
                Long.parseLong(field(fields, "step", index)));
    }

    private static String field(Map<String, TextRange> fields, String name, String text) {
        TextRange place = fields.get(name);
        return place == null ? "" : place.of(text);
    }

    /** The range index; null if the index is in columns, or absent. */
    @Nullable
    Range range() {
        return range;
    }

    String index() {
        return index.of(text);
    }

    /** Whether both are equal apart from the index. */
    boolean sameButIndex(PandasMetadata other) {
        return index.replaced(text, "").equals(other.index.replaced(other.text, ""));
    }

    /** The text without an index; pandas then numbers the rows of the file itself. */
    String withoutIndex() {
        return index.replaced(text, "[]");
    }

    /** The text with another start and stop of the range index. */
    String withRange(long start, long stop) {
        Map<String, TextRange> fields = new JsonScanner(index()).object(new JsonScanner(index()).blank(1));
        String changed = index();
        TextRange first = fields.get("start");
        TextRange second = fields.get("stop");
        if (first == null || second == null) {
            throw new IllegalStateException("the index is no range: " + changed);
        }
        boolean inOrder = first.from() < second.from();
        // The later one first, so that the range of the earlier one stays valid.
        changed = (inOrder ? second : first).replaced(changed, String.valueOf(inOrder ? stop : start));
        changed = (inOrder ? first : second).replaced(changed, String.valueOf(inOrder ? start : stop));
        return index.replaced(text, changed);
    }

    @Override
    public String toString() {
        return text;
    }

    /** Scans JSON text for the ranges of values, without building objects. Malformed text is an unchecked exception. */
    private record JsonScanner(String text) {
        /** The members of the object at this position, each with the range of its value. */
        Map<String, TextRange> object(int from) {
            Map<String, TextRange> members = new LinkedHashMap<>();
            int at = blank(from);
            expect(at, '{');
            at = blank(at + 1);
            while (text.charAt(at) != '}') {
                int key = at;
                int keyEnd = string(at);
                int value = blank(colon(blank(keyEnd)));
                int end = value(value);
                members.put(text.substring(key + 1, keyEnd - 1), new TextRange(value, end));
                at = blank(end);
                at = text.charAt(at) == ',' ? blank(at + 1) : at;
            }
            return members;
        }

        /** The position after the value at this position. Counts brackets instead of recursing, so depth is unlimited. */
        int value(int from) {
            int depth = 0;
            int at = from;
            do {
                char each = text.charAt(at);
                switch (each) {
                    case '"' -> at = string(at);
                    case '{', '[' -> {
                        depth++;
                        at++;
                    }
                    case '}', ']' -> {
                        depth--;
                        at++;
                    }
                    default -> at = depth == 0 ? word(at) : at + 1;
                }
            } while (depth > 0);
            return at;
        }

        private int word(int from) {
            int at = from;
            while (at < text.length() && ",}] \n\r\t".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            if (at == from) {
                throw new MalformedParquetException("no value at " + from);
            }
            return at;
        }

        private int string(int from) {
            expect(from, '"');
            int at = from + 1;
            while (text.charAt(at) != '"') {
                at += text.charAt(at) == '\\' ? 2 : 1;
            }
            return at + 1;
        }

        private int colon(int at) {
            expect(at, ':');
            return at + 1;
        }

        int blank(int from) {
            int at = from;
            while (Character.isWhitespace(text.charAt(at))) {
                at++;
            }
            return at;
        }

        private void expect(int at, char expected) {
            if (text.charAt(at) != expected) {
                throw new MalformedParquetException("no " + expected + " at " + at);
            }
        }
    }
}
