// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes JSON as plain Java values: maps in insertion order, lists, strings, {@code Long}, {@code Double}, booleans
 * and null.
 */
final class Json {
    /** The deepest nesting that is read, so that a body cannot exhaust the stack. */
    static final int MAX_DEPTH = 64;

    private Json() {}

    /** A map from alternating names and values, in their order. */
    static Map<String, @Nullable Object> object(@Nullable Object... namesAndValues) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            object.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
        }
        return object;
    }

    static String write(@Nullable Object value) {
        return new Writer(false).value(value).toString();
    }

    /** Writes JSON like PHP: {@code /} becomes {@code \/}. */
    static String writeEscapingSlashes(@Nullable Object value) {
        return new Writer(true).value(value).toString();
    }

    /** @throws IllegalArgumentException with the offset of the first error */
    static @Nullable Object read(String text) {
        Reader reader = new Reader(text);
        Object value = reader.value(0);
        reader.end();
        return value;
    }

    private static final class Writer {
        private final StringBuilder out = new StringBuilder();
        private final boolean escapeSlashes;

        Writer(boolean escapeSlashes) {
            this.escapeSlashes = escapeSlashes;
        }

        Writer value(@Nullable Object value) {
            switch (value) {
                case null -> out.append("null");
                case Map<?, ?> object -> object(object);
                case Collection<?> array -> array(array);
                case Number number -> out.append(number);
                case Boolean flag -> out.append(flag);
                default -> string(value.toString());
            }
            return this;
        }

        private void object(Map<?, ?> object) {
            String separator = "{";
            for (Map.Entry<?, ?> entry : object.entrySet()) {
                out.append(separator);
                string(String.valueOf(entry.getKey()));
                out.append(':');
                value(entry.getValue());
                separator = ",";
            }
            out.append(object.isEmpty() ? "{}" : "}");
        }

        private void array(Collection<?> array) {
            String separator = "[";
            for (Object item : array) {
                out.append(separator);
                value(item);
                separator = ",";
            }
            out.append(array.isEmpty() ? "[]" : "]");
        }

        private void string(String text) {
            out.append('"');
            for (int i = 0; i < text.length(); i++) {
                character(text.charAt(i));
            }
            out.append('"');
        }

        private void character(char c) {
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '/' -> out.append(escapeSlashes ? "\\/" : "/");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> plain(c);
            }
        }

        private void plain(char c) {
            if (c < ' ') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }

        @Override
        public String toString() {
            return out.toString();
        }
    }

    private static final class Reader {
        private final String text;
        private int at;

        Reader(String text) {
            this.text = text;
        }

        @Nullable
        Object value(int depth) {
            if (depth > MAX_DEPTH) {
                throw wrong("nesting of at most " + MAX_DEPTH);
            }
            return switch (peek()) {
                case '{' -> object(depth);
                case '[' -> array(depth);
                case '"' -> string();
                case 't' -> word("true", true);
                case 'f' -> word("false", false);
                case 'n' -> word("null", null);
                default -> number();
            };
        }

        void end() {
            skipSpace();
            if (at < text.length()) {
                throw wrong("the end");
            }
        }

        private Map<String, @Nullable Object> object(int depth) {
            Map<String, @Nullable Object> object = new LinkedHashMap<>();
            expect('{');
            if (!found('}')) {
                do {
                    skipSpace();
                    String name = string();
                    expect(':');
                    object.put(name, value(depth + 1));
                } while (found(','));
                expect('}');
            }
            return object;
        }

        private List<@Nullable Object> array(int depth) {
            List<@Nullable Object> array = new ArrayList<>();
            expect('[');
            if (!found(']')) {
                do {
                    array.add(value(depth + 1));
                } while (found(','));
                expect(']');
            }
            return array;
        }

        private String string() {
            expect('"');
            StringBuilder string = new StringBuilder();
            for (char c = next(); c != '"'; c = next()) {
                string.append(c == '\\' ? escaped() : c);
            }
            return string.toString();
        }

        private char escaped() {
            char c = next();
            return switch (c) {
                case 'n' -> '\n';
                case 't' -> '\t';
                case 'r' -> '\r';
                case 'b' -> '\b';
                case 'f' -> '\f';
                case 'u' -> unicode();
                case '"', '\\', '/' -> c;
                default -> throw wrong("an escape");
            };
        }

        private char unicode() {
            if (at + 4 > text.length()) {
                throw wrong("four hexadecimal digits");
            }
            at += 4;
            return (char) Integer.parseInt(text.substring(at - 4, at), 16);
        }

        private Object number() {
            int start = at;
            while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
            String digits = text.substring(start, at);
            try {
                return digits.matches("-?\\d{1,18}") ? (Object) Long.valueOf(digits) : Double.valueOf(digits);
            } catch (NumberFormatException e) {
                throw wrong("a value");
            }
        }

        private @Nullable Object word(String word, @Nullable Object value) {
            if (!text.startsWith(word, at)) {
                throw wrong(word);
            }
            at += word.length();
            return value;
        }

        private boolean found(char c) {
            if (peek() != c) {
                return false;
            }
            at++;
            return true;
        }

        private void expect(char c) {
            if (!found(c)) {
                throw wrong("'" + c + "'");
            }
        }

        private char peek() {
            skipSpace();
            if (at >= text.length()) {
                throw wrong("more");
            }
            return text.charAt(at);
        }

        private char next() {
            if (at >= text.length()) {
                throw wrong("more");
            }
            return text.charAt(at++);
        }

        private void skipSpace() {
            while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }

        private IllegalArgumentException wrong(String expected) {
            return new IllegalArgumentException("Not JSON: expected " + expected + " at offset " + at);
        }
    }
}
