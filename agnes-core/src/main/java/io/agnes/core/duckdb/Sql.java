// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.duckdb;

import java.util.Collection;
import java.util.stream.Collectors;

/** Quotes values and names for DuckDB's SQL. */
public final class Sql {
    private Sql() {}

    /** A string literal. */
    public static String text(String value) {
        return "'" + value.replace("'", "''") + "'";
    }

    /** A quoted identifier. DuckDB ignores case in quoted identifiers too. */
    public static String name(String value) {
        return "\"" + value.replace("\"", "\"\"") + "\"";
    }

    /** A list literal of strings. */
    static String texts(Collection<String> values) {
        return values.stream().map(Sql::text).collect(Collectors.joining(", ", "[", "]"));
    }
}
