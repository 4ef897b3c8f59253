// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.duckdb;

import java.nio.file.Path;
import java.util.List;

/**
 * Paths as DuckDB's scans must be given them. A scan takes a name with {@code *}, {@code ?} or <code>[</code> for a pattern,
 * even if a file of that name exists, and reads what else matches; each such character becomes a class of its own.
 */
final class ScanPath {
    private ScanPath() {}

    /** @throws IllegalArgumentException if no pattern means this file alone */
    static String of(Path file) {
        String path = file.toAbsolutePath().toString();
        String escaped = escaped(path);
        // Within a pattern, and only there, a backslash separates folders.
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
