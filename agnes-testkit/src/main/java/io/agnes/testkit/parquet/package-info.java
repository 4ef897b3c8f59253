// SPDX-License-Identifier: Apache-2.0
/**
 * Rewrites the Parquet files of DuckDB as another writer would have written them: {@link
 * io.agnes.testkit.parquet.ParquetAdapter}. Types are not safe for use by several threads.
 */
@NullMarked
package io.agnes.testkit.parquet;

import org.jspecify.annotations.NullMarked;
