// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.metadata;

import java.time.Duration;
import java.time.Instant;

/**
 * The counts of one refresh of all tables.
 *
 * @param runId 8 hex digits
 * @param total tables that were asked for
 * @param succeeded of them, whose metadata are in the cache
 * @param noData of them, which BigQuery answered in part
 * @param failed of them
 */
public record RefreshReport(
        String runId, Instant startedAt, int total, int succeeded, int noData, int failed, Duration duration) {}
