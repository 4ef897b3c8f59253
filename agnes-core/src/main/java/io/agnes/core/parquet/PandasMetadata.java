// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The value of the key {@code pandas}: JSON that says, among other things, which columns are the index of a data frame,
 * or that its index counts the rows of this file (a {@code range}).
 */
final class PandasMetadata {
    private static final String INDEX = "index_columns";

    private final String text;
    private final Place index;
    private final @Nullable Range range;

    private PandasMetadata(String text, Place index, @Nullable Range range) {
        this.text = text;
        this.index = index;
        this.range = range;
    }

    /** A stretch of the text. */
    private record Place(int from, int to) {
        String of(String text) {
            return text.substring(from, to);
        }

        String replaced(String text, String by) {
            return text.substring(0, from) + by + text.substring(to);
        }
    }

    /** An index that counts: {@code start}, {@code start + step}, and so on up to {@code stop}, which it does not reach. */
    record Range(String name, long start, long stop, long step) {
        /** How many numbers that is; -1 if it is no range. */
        long count() {
            if (step == 0) {
                return -1;
            }
            long distance = step > 0 ? Math.subtractExact(stop, start) : Math.subtractExact(start, stop);
            return distance <= 0 ? 0 : Math.ceilDiv(distance, Math.abs(step));
        }
    }

    /** Nothing if it is no JSON object that speaks of an index. */
    static Optional<PandasMetadata> parse(String text) {
        try {
            Place index = new Scan(text).object(0).get(INDEX);
            if (index == null || text.charAt(index.from()) != '[') {
                return Optional.empty();
            }
            return Optional.of(new PandasMetadata(text, index, range(index.of(text))));
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }

    private static @Nullable Range range(String index) {
        Scan scan = new Scan(index);
        int from = scan.blank(1);
        if (index.charAt(from) != '{') {
            return null;
        }
        Map<String, Place> fields = scan.object(from);
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

    private static String field(Map<String, Place> fields, String name, String text) {
        Place place = fields.get(name);
        return place == null ? "" : place.of(text);
    }

    /** The index if it counts rows; null if it is in columns, or there is none. */
    @Nullable
    Range range() {
        return range;
    }

    String index() {
        return index.of(text);
    }

    /** All that it says besides the index. */
    boolean sameButIndex(PandasMetadata other) {
        return index.replaced(text, "").equals(other.index.replaced(other.text, ""));
    }

    /** The same without an index; pandas then counts the rows of the file. */
    String withoutIndex() {
        return index.replaced(text, "[]");
    }

    /** The same with an index that begins and ends elsewhere. */
    String withRange(long start, long stop) {
        Map<String, Place> fields = new Scan(index()).object(new Scan(index()).blank(1));
        String changed = index();
        Place first = fields.get("start");
        Place second = fields.get("stop");
        if (first == null || second == null) {
            throw new IllegalStateException("the index is no range: " + changed);
        }
        boolean inOrder = first.from() < second.from();
        // From the back, so that the other place stays where it is.
        changed = (inOrder ? second : first).replaced(changed, String.valueOf(inOrder ? stop : start));
        changed = (inOrder ? first : second).replaced(changed, String.valueOf(inOrder ? start : stop));
        return index.replaced(text, changed);
    }

    @Override
    public String toString() {
        return text;
    }

    /** Goes over JSON without building anything of it. Whatever is wrong is an unchecked exception. */
    private record Scan(String text) {
        /** The members of the object that begins there, each with the place of its value. */
        Map<String, Place> object(int from) {
            Map<String, Place> members = new LinkedHashMap<>();
            int at = blank(from);
            expect(at, '{');
            at = blank(at + 1);
            while (text.charAt(at) != '}') {
                int key = at;
                int keyEnd = string(at);
                int value = blank(colon(blank(keyEnd)));
                int end = value(value);
                members.put(text.substring(key + 1, keyEnd - 1), new Place(value, end));
                at = blank(end);
                at = text.charAt(at) == ',' ? blank(at + 1) : at;
            }
            return members;
        }

        /** Behind the value that begins there. Brackets are counted, so depth costs nothing. */
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
                throw new Malformed("no value at " + from);
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
                throw new Malformed("no " + expected + " at " + at);
            }
        }
    }
}
