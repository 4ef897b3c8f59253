// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

/** How BigQuery compresses the pages of Parquet shards. Its own default is none, and a merge keeps pages as they are. */
enum Compression {
    /** Smallest. Extract jobs document it; for {@code EXPORT DATA} the documentation is silent. */
    ZSTD,
    /** Documented for both kinds of export. */
    SNAPPY
}
