// SPDX-License-Identifier: Apache-2.0
/**
 * Tables and query results of BigQuery as local Parquet files. A plain table leaves BigQuery by an extract job, which is free,
 * everything else by {@code EXPORT DATA}; both write shards to a staging bucket, and the shards become one file in place
 * through core's assembly. {@link io.agnes.bigquery.export.CloudStorageStore} is Cloud Storage behind core's port for objects,
 * {@link io.agnes.bigquery.export.BigQuerySource} the source for core's sync engine. Nothing here is null.
 */
package io.agnes.bigquery.export;
