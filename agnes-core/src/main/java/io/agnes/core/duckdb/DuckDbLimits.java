// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.duckdb;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The limits of every DuckDB database of ours, in memory or in a file: one thread, a memory limit, and no extension that DuckDB
 * fetches or loads by itself.
 *
 * @param memoryBytes DuckDB's memory limit, in whole KiB; beyond it DuckDB writes to the spill directory
 * @param spill a directory for data beyond the memory limit; empty for none
 */
public record DuckDbLimits(long memoryBytes, Optional<Path> spill) {
    private static final int KIB = 1024;

    /** The limits as names and values of DuckDB's settings, for the properties of a new connection. */
    public Map<String, String> settings() {
        return Map.of(
                "threads", "1",
                "memory_limit", memoryBytes / KIB + "KiB",
                "temp_directory", spill.map(Path::toString).orElse(""),
                "autoinstall_known_extensions", "false",
                "autoload_known_extensions", "false");
    }
}
