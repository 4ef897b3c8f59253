// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

/** The database behind a project: decides types, CSV flavour, slice names and what an empty export looks like. */
public enum Backend {
    /** Quotes every string; nothing is unloaded for zero rows, so the manifest is empty. */
    SNOWFLAKE,
    /** Quotes where needed; at least two slices, some without rows; cannot export Parquet. */
    BIGQUERY
}
