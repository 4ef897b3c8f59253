// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.duckdb;

import java.util.Collection;
import java.util.stream.Collectors;

/** Literals and names of SQL, quoted, so that nothing in them is read as SQL. */
public final class Sql {
    private Sql() {}

    /** A text literal. */
    public static String text(String value) {
        return "'" + value.replace("'", "''") + "'";
    }

    /** An identifier. DuckDB ignores case in identifiers, also in quoted ones. */
    public static String name(String value) {
        return "\"" + value.replace("\"", "\"\"") + "\"";
    }

    /** A list literal of texts. */
    static String texts(Collection<String> values) {
        return values.stream().map(Sql::text).collect(Collectors.joining(", ", "[", "]"));
    }
}
