// SPDX-License-Identifier: Apache-2.0
import org.jspecify.annotations.NullMarked;

/**
 * What holds for every source and without an HTTP server: identifiers, errors, drafts that become files or nothing, plans
 * that make one file out of many parts, objects in a store, and the engine that runs syncs.
 *
 * <p>Start at {@link io.agnes.core.TableId}, {@link io.agnes.core.file.FileDraft},
 * {@link io.agnes.core.parquet.ParquetMerge}, {@link io.agnes.core.assembly.FileAssembly} and
 * {@link io.agnes.core.sync.SyncEngine}. This module needs the JDK alone, except for {@link io.agnes.core.duckdb}, whose users
 * bring DuckDB's driver.
 * It never reads the environment or a settings file, prints, logs through a backend, or knows a JSON field of any service.
 */
@NullMarked
module io.agnes.core {
    requires static duckdb.jdbc;
    requires static java.sql;
    requires static transitive org.jspecify;

    exports io.agnes.core;
    exports io.agnes.core.assembly;
    exports io.agnes.core.composite;
    exports io.agnes.core.duckdb;
    exports io.agnes.core.file;
    exports io.agnes.core.parquet;
    exports io.agnes.core.settings;
    exports io.agnes.core.store;
    exports io.agnes.core.sync;
    exports io.agnes.core.table;
    exports io.agnes.core.version;
    exports io.agnes.core.work;
}
