// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit.googlesql;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Writes names and values into DuckDB's SQL. */
final class Quoting {
    private Quoting() {}

    static String name(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    static String text(String value) {
        return "'" + value.replace("'", "''") + "'";
    }

    /** Bytes, one for each character up to U+00FF; others are their bytes in UTF-8. */
    static String bytes(String value) {
        boolean latin = value.chars().allMatch(c -> c <= 0xff);
        byte[] bytes = value.getBytes(latin ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
        return "unhex('" + HexFormat.of().formatHex(bytes) + "')";
    }
}
