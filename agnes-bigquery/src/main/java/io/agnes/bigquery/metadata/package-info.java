// SPDX-License-Identifier: Apache-2.0
/**
 * What BigQuery knows about tables without a query: {@link io.agnes.bigquery.metadata.MetadataClient} asks,
 * {@link io.agnes.bigquery.metadata.MetadataRefresh} asks for all registered tables and stores the answers in a
 * {@link io.agnes.bigquery.metadata.MetadataCache}, from which a catalog reads. Records are immutable; all other types are
 * safe for use by several threads.
 */
package io.agnes.bigquery.metadata;
