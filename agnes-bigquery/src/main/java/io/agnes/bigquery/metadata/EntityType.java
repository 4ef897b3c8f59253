// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.metadata;

/** The kinds of things that BigQuery lists as tables. */
public enum EntityType {
    /** Rows stored in BigQuery. */
    TABLE,
    /** A query that each read runs. It has no rows and bytes of its own. */
    VIEW,
    /** A query whose result BigQuery stores and keeps current. */
    MATERIALIZED_VIEW,
    /** Rows stored outside BigQuery. */
    EXTERNAL,
    /** A table as it was at one moment, which cannot change. */
    SNAPSHOT,
    /** A copy of a table that shares its storage, and can change. */
    CLONE;

    /** Whether BigQuery stores the rows, and therefore counts them. */
    public boolean hasStoredRows() {
        return this == TABLE || this == SNAPSHOT || this == CLONE;
    }
}
