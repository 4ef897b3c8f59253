// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.metadata;

import java.time.Instant;
import java.util.Optional;

/**
 * Rows that arrived by streaming and are not stored yet: neither the number of rows nor an extract has them.
 *
 * @param estimatedRows at least so many
 * @param estimatedBytes at least so many
 * @param oldest when the oldest of them arrived, if BigQuery says
 */
public record StreamingBuffer(long estimatedRows, long estimatedBytes, Optional<Instant> oldest) {}
