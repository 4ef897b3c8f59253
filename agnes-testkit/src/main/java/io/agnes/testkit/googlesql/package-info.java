// SPDX-License-Identifier: Apache-2.0
/**
 * GoogleSQL, the SQL of BigQuery: its types ({@link io.agnes.testkit.googlesql.GoogleType}) and the translation of queries into
 * DuckDB's SQL ({@link io.agnes.testkit.googlesql.GoogleSql}). It knows no tables and no HTTP.
 */
@NullMarked
package io.agnes.testkit.googlesql;

import org.jspecify.annotations.NullMarked;
