// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

/** The database of a Keboola project. It decides column types, CSV dialect, slice names and the form of an empty export. */
public enum Backend {
    /** CSV quotes every string. An export without rows has an empty manifest. */
    SNOWFLAKE,
    /** CSV quotes where needed. An export has at least two slices, some without rows. Parquet exports fail. */
    BIGQUERY;

    /** The name of the backend in the Storage API. */
    String apiName() {
        return switch (this) {
            case SNOWFLAKE -> "snowflake";
            case BIGQUERY -> "bigquery";
        };
    }
}
