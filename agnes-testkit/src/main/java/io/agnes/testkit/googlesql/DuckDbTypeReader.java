// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit.googlesql;

import java.util.ArrayList;
import java.util.List;

/** Reads the name of a DuckDB type, as {@code DESCRIBE} reports it, as a type of GoogleSQL. */
final class DuckDbTypeReader {
    private final String text;
    private int at;

    DuckDbTypeReader(String text) {
        this.text = text;
    }

    GoogleType read() {
        GoogleType type = text.startsWith("STRUCT(", at) ? struct() : plain();
        while (text.startsWith("[]", at)) {
            at += 2;
            if (type.kind() == GoogleType.Kind.ARRAY) {
                throw new InvalidQueryException("Cannot construct array with element type ARRAY");
            }
            type = GoogleType.array(type);
        }
        return type;
    }

    private GoogleType struct() {
        at += "STRUCT(".length();
        List<GoogleColumn> fields = new ArrayList<>();
        while (true) {
            String name = name();
            at++;
            fields.add(new GoogleColumn(name, read(), false, null));
            if (text.charAt(at) == ')') {
                at++;
                return marked(fields);
            }
            at += ", ".length();
        }
    }

    private static GoogleType marked(List<GoogleColumn> fields) {
        return switch (fields.get(0).name()) {
            case "$BIGNUMERIC" -> GoogleType.plain(GoogleType.Kind.BIGNUMERIC);
            case "$RANGE_DATE" -> GoogleType.range(GoogleType.Kind.DATE);
            case "$RANGE_DATETIME" -> GoogleType.range(GoogleType.Kind.DATETIME);
            case "$RANGE_TIMESTAMP" -> GoogleType.range(GoogleType.Kind.TIMESTAMP);
            default -> GoogleType.struct(fields);
        };
    }

    private String name() {
        if (text.charAt(at) != '"') {
            int end = text.indexOf(' ', at);
            String name = text.substring(at, end);
            at = end;
            return name;
        }
        StringBuilder name = new StringBuilder();
        for (at++; text.charAt(at) != '"' || text.startsWith("\"\"", at); at++) {
            if (text.charAt(at) == '"') {
                at++;
            }
            name.append(text.charAt(at));
        }
        at++;
        return name.toString();
    }

    private GoogleType plain() {
        int start = at;
        while (at < text.length() && "[),".indexOf(text.charAt(at)) < 0) {
            if (text.charAt(at) == '(') {
                at = text.indexOf(')', at);
            }
            at++;
        }
        String name = text.substring(start, at).replace("\"", "");
        int parameters = name.indexOf('(');
        return switch (parameters < 0 ? name : name.substring(0, parameters)) {
            case "TINYINT",
                    "SMALLINT",
                    "INTEGER",
                    "BIGINT",
                    "UTINYINT",
                    "USMALLINT",
                    "UINTEGER",
                    "UBIGINT",
                    "HUGEINT" -> GoogleType.plain(GoogleType.Kind.INT64);
            case "FLOAT", "DOUBLE" -> GoogleType.plain(GoogleType.Kind.FLOAT64);
            case "DECIMAL" -> GoogleType.plain(GoogleType.Kind.NUMERIC);
            case "BOOLEAN" -> GoogleType.plain(GoogleType.Kind.BOOL);
            // An untyped NULL has the type "NULL", which GoogleSQL treats as INT64.
            case "NULL" -> GoogleType.plain(GoogleType.Kind.INT64);
            case "VARCHAR" -> GoogleType.plain(GoogleType.Kind.STRING);
            case "BLOB" -> GoogleType.plain(GoogleType.Kind.BYTES);
            case "DATE" -> GoogleType.plain(GoogleType.Kind.DATE);
            case "TIME" -> GoogleType.plain(GoogleType.Kind.TIME);
            case "TIMESTAMP" -> GoogleType.plain(GoogleType.Kind.DATETIME);
            case "TIMESTAMP WITH TIME ZONE" -> GoogleType.plain(GoogleType.Kind.TIMESTAMP);
            case "GEOMETRY" -> GoogleType.plain(GoogleType.Kind.GEOGRAPHY);
            case "JSON" -> GoogleType.plain(GoogleType.Kind.JSON);
            case "INTERVAL" -> GoogleType.plain(GoogleType.Kind.INTERVAL);
            default -> throw new InvalidQueryException("This fake has no BigQuery type for DuckDB's " + name);
        };
    }
}
