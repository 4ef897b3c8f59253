/**
 * Slices on disk become one Parquet file by way of DuckDB: schemas united, CSV parsed, text typed. Each piece of work has
 * an in-memory database of its own on a platform thread, one thread inside, so that the same slices always give the
 * same bytes.
 */
package io.agnes.keboola.convert;
