// SPDX-License-Identifier: Apache-2.0
/**
 * Parquet files seen from their footers: what is in them, whether many can become one without decoding a row, and the
 * plan for it. Nothing here decompresses a page. Offsets and lengths are bytes; values are immutable and safe to share
 * between threads; nothing is null unless it says so. Every number read from a file is checked against a named bound
 * in {@link io.agnes.core.parquet.ParquetLimits} or against the bytes at hand before anything is allocated for it.
 */
package io.agnes.core.parquet;
