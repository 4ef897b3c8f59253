// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.metadata;

import io.agnes.bigquery.BigQueryTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What BigQuery says of a table.
 *
 * @param rows without those of the streaming buffer; null for what stores no rows, as a view
 * @param bytes before compression, without those of the streaming buffer; null for what stores no rows
 * @param clusteredBy names of columns, in order; may be empty
 * @param columns in order; empty if BigQuery did not say
 * @param streamingBuffer empty if no row waits in it
 * @param etag changes with each change of the table's resource
 * @param lastModified when rows or resource last changed; null if BigQuery did not say
 * @param location of the data, as {@code EU}; empty if BigQuery did not say
 * @param description given by the owner; may be empty
 */
public record TableMetadata(
        BigQueryTable table,
        EntityType entityType,
        @Nullable Long rows,
        @Nullable Long bytes,
        Optional<Partitioning> partitioning,
        List<String> clusteredBy,
        List<MetadataColumn> columns,
        Optional<StreamingBuffer> streamingBuffer,
        String etag,
        @Nullable Instant lastModified,
        String location,
        String description) {
    /** Copies the lists. */
    public TableMetadata {
        clusteredBy = List.copyOf(clusteredBy);
        columns = List.copyOf(columns);
    }

    /** What a table of this type has, and BigQuery did not say: {@code rows}, {@code bytes}, {@code columns}. */
    public List<String> missing() {
        List<String> missing = new ArrayList<>();
        if (entityType.hasStoredRows() && rows == null) {
            missing.add("rows");
        }
        if (entityType.hasStoredRows() && bytes == null) {
            missing.add("bytes");
        }
        if (columns.isEmpty()) {
            missing.add("columns");
        }
        return missing;
    }
}
