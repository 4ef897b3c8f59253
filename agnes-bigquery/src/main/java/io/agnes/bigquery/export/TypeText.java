// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import io.agnes.bigquery.metadata.MetadataColumn;
import java.util.ArrayList;
import java.util.List;

/** Reads types in the notation of GoogleSQL, such as {@code ARRAY<STRUCT<sku STRING, price NUMERIC(18, 3)>>}. For one text. */
final class TypeText {
    /** BigQuery nests STRUCTs 15 deep; each may be in an ARRAY. */
    private static final int DEEPEST = 64;

    private final String text;
    private int at;

    private TypeText(String text) {
        this.text = text;
    }

    /** @throws IllegalArgumentException if a type is not of that notation */
    static List<SourceColumn> columns(List<MetadataColumn> columns) {
        return columns.stream()
                .map(column -> column(column.name(), column.type()))
                .toList();
    }

    /** @throws IllegalArgumentException if the type is not of that notation */
    static SourceColumn column(String name, String type) {
        TypeText text = new TypeText(type);
        SourceColumn column = text.type(name, 0);
        if (text.at != type.length()) {
            throw text.unreadable();
        }
        return column;
    }

    private SourceColumn type(String name, int depth) {
        if (depth > DEEPEST) {
            throw unreadable();
        }
        String word = word();
        return switch (word) {
            case "ARRAY" -> {
                expect('<');
                SourceColumn element = type(name, depth + 1);
                expect('>');
                yield element.repeated(true);
            }
            case "STRUCT" -> SourceColumn.struct(name, fields(depth));
            case "RANGE" -> {
                expect('<');
                String element = word();
                expect('>');
                yield SourceColumn.range(name, element);
            }
            default -> SourceColumn.scalar(name, word, parameters());
        };
    }

    private List<SourceColumn> fields(int depth) {
        List<SourceColumn> fields = new ArrayList<>();
        expect('<');
        while (!takes('>')) {
            if (!fields.isEmpty()) {
                expect(',');
                takes(' ');
            }
            String name = name();
            expect(' ');
            fields.add(type(name, depth + 1));
        }
        return fields;
    }

    private List<Integer> parameters() {
        List<Integer> found = new ArrayList<>();
        if (takes('(')) {
            do {
                takes(' ');
                found.add(Integer.parseInt(word()));
            } while (takes(','));
            expect(')');
        }
        return found;
    }

    /** In backquotes, or up to the next space. */
    private String name() {
        boolean quoted = takes('`');
        int end = text.indexOf(quoted ? '`' : ' ', at);
        if (end <= at) {
            throw unreadable();
        }
        String name = text.substring(at, end);
        at = quoted ? end + 1 : end;
        return name;
    }

    private String word() {
        int from = at;
        while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
            at++;
        }
        if (from == at) {
            throw unreadable();
        }
        return text.substring(from, at);
    }

    private boolean takes(char expected) {
        boolean found = at < text.length() && text.charAt(at) == expected;
        at += found ? 1 : 0;
        return found;
    }

    private void expect(char expected) {
        if (!takes(expected)) {
            throw unreadable();
        }
    }

    private IllegalArgumentException unreadable() {
        return new IllegalArgumentException("not a type of GoogleSQL, at character " + at + ": " + text);
    }
}
