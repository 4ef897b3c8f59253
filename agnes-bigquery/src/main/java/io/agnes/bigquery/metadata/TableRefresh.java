// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.metadata;

/** What came of the refresh of one table. */
public sealed interface TableRefresh {
    /** BigQuery answered in full, and the cache has the answer. */
    record Refreshed(TableMetadata metadata) implements TableRefresh {}

    /** BigQuery answered without values that a table of this type has. The cache keeps the good values that it had. */
    record NoData(MetadataCache.Failure failure) implements TableRefresh {}

    /** BigQuery did not answer, or refused. The cache keeps the good values that it had. */
    record Failed(MetadataCache.Failure failure) implements TableRefresh {}

    /** The outcome in the words of the contract: {@code ok}, {@code no_data} or {@code error}. */
    default String status() {
        return switch (this) {
            case Refreshed refreshed -> "ok";
            case NoData partial -> "no_data";
            case Failed failed -> "error";
        };
    }
}
