// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery;

import io.agnes.bigquery.export.BigQueryExport;
import io.agnes.bigquery.export.BigQuerySourceType;
import io.agnes.bigquery.metadata.MetadataClient;

/** Opens everything that a server opens when it starts, and asks nothing. */
final class OpensClients {
    private OpensClients() {}

    public static void main(String[] args) {
        BigQueryConfig config = BigQueryConfig.of("my-project");
        try (MetadataClient metadata = MetadataClient.of(config);
                BigQueryExport export = BigQueryExport.of(config)) {
            System.out.println(
                    new BigQuerySourceType().address(config) + " " + metadata.project() + " " + (export != null));
        }
    }
}
