// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.metadata;

/**
 * A column of a table in BigQuery.
 *
 * @param type in the notation of GoogleSQL, such as {@code NUMERIC(18, 3)} or {@code ARRAY<STRUCT<sku STRING, count INT64>>}
 * @param required whether BigQuery refuses NULL in it
 * @param description given by its owner; may be empty
 */
public record MetadataColumn(String name, String type, boolean required, String description) {}
