// SPDX-License-Identifier: Apache-2.0
/**
 * Reads the footers of Parquet files and plans how many files become one without decoding a row. This package decompresses
 * no page. Offsets and lengths are in bytes. Values are immutable and safe to share between threads. Nothing is null unless
 * its documentation says so. Every number read from a file is checked against a bound in
 * {@link io.agnes.core.parquet.ParquetLimits} or against the bytes available before memory is allocated for it.
 */
package io.agnes.core.parquet;
