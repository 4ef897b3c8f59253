// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.Collection;
import java.util.stream.Collectors;

/** Quotes values and names for DuckDB's SQL. */
final class Sql {
    private Sql() {}

    static String name(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    static String text(String value) {
        return "'" + value.replace("'", "''") + "'";
    }

    static String texts(Collection<?> values) {
        return values.stream().map(value -> text(value.toString())).collect(Collectors.joining(", "));
    }
}
