// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import io.agnes.bigquery.BigQueryConfig;
import io.agnes.bigquery.client.WriteClient;
import io.agnes.bigquery.metadata.MetadataClient;
import io.agnes.core.assembly.AssemblyLimits;

/**
 * What the exports of one client share.
 *
 * @param shardsInPlace shards of one export that are merged as they are; more are rewritten
 */
record ExportContext(
        BigQueryConfig config, MetadataClient metadata, WriteClient client, AssemblyLimits limits, int shardsInPlace) {
    BigQueryJobs jobs() {
        return new BigQueryJobs(client, config, limits.time());
    }
}
