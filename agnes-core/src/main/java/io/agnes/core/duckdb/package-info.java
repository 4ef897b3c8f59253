// SPDX-License-Identifier: Apache-2.0
/**
 * DuckDB for one piece of work at a time: a bounded, cancellable database in memory that may touch the files it was given
 * and nothing else, and the only two places that spell a scan of files. Start at {@link io.agnes.core.duckdb.DuckDb}.
 *
 * <p>This is the one package of the module that needs more than the JDK: {@code java.sql} and {@code duckdb.jdbc}, which the
 * module requires {@code static}. A program that uses this package adds DuckDB's driver; one that does not needs neither.
 *
 * <p>An engine guesses: columns from the names of folders and files, several files from one name with {@code *?[}, a dialect
 * and types from the first rows. {@link io.agnes.core.duckdb.ParquetScan} and {@link io.agnes.core.duckdb.TextScan} switch all
 * of it off. Blocking code on platform threads. Sizes are bytes. Nothing is null unless it says so.
 */
package io.agnes.core.duckdb;
