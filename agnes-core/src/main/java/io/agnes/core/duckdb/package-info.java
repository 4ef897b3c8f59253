// SPDX-License-Identifier: Apache-2.0
/**
 * Runs DuckDB for one task at a time: an in-memory database with a memory limit, which may access only given files and which
 * an interrupt cancels. Start at {@link io.agnes.core.duckdb.DuckDb}.
 *
 * <p>This is the only package of the module that needs {@code java.sql} and {@code duckdb.jdbc}; the module requires both
 * {@code static}. A program that uses this package adds DuckDB's JDBC driver; other programs need only the JDK.
 *
 * <p>By default DuckDB guesses: it makes columns of folder names, reads a name with {@code *?[} as a pattern, and detects
 * the CSV dialect and types from the first rows. {@link io.agnes.core.duckdb.ParquetScan} and
 * {@link io.agnes.core.duckdb.TextScan} switch all of this off, and no other class may write a scan of files. The code
 * blocks, on platform threads. Sizes are bytes. Nothing is null unless its documentation says so.
 */
package io.agnes.core.duckdb;
