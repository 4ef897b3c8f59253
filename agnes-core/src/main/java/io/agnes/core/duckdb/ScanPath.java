// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.duckdb;

import java.nio.file.Path;
import java.util.List;

/**
 * Escapes paths for DuckDB's scans. A scan treats a name with {@code *}, {@code ?} or <code>[</code> as a pattern, even if a
 * file with that name exists, and reads every match. Each of these characters is put into a character class, like
 * {@code [*]}, which matches that character alone.
 */
final class ScanPath {
    private ScanPath() {}

    /** @throws IllegalArgumentException if the path holds a backslash and a pattern character, which DuckDB cannot escape */
    static String of(Path file) {
        String path = file.toAbsolutePath().toString();
        String escaped = escaped(path);
        // DuckDB reads a backslash as a folder separator if the path is a pattern.
        if (!escaped.equals(path) && path.indexOf('\\') >= 0) {
            throw new IllegalArgumentException(
                    "DuckDB cannot read a file with a backslash and one of *?[ in its path: " + file.getFileName());
        }
        return escaped;
    }

    static List<String> of(List<Path> files) {
        return files.stream().map(ScanPath::of).toList();
    }

    static String escaped(String path) {
        return path.replaceAll("[*?\\[]", "[$0]");
    }
}
