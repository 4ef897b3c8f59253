// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.metadata;

import io.agnes.core.sync.Discovered;
import io.agnes.core.sync.DiscoverySource;
import java.util.ArrayList;
import java.util.List;

/**
 * Lists the tables of the project for a discovery: the bucket is the dataset, and the proposed id is {@code dataset.table}.
 */
public final class BigQueryDiscovery implements DiscoverySource {
    /** The type of the tables. */
    public static final String TYPE = "bigquery";

    private final MetadataClient client;

    /** @param client not closed by this */
    public BigQueryDiscovery(MetadataClient client) {
        this.client = client;
    }

    @Override
    public String type() {
        return TYPE;
    }

    /** Every table, view and external table of every dataset that the account may see. */
    @Override
    public List<Discovered> list() throws InterruptedException {
        List<Discovered> found = new ArrayList<>();
        for (String dataset : client.datasets()) {
            for (String table : client.tables(dataset)) {
                found.add(new Discovered(dataset, table, table, dataset + "." + table));
            }
        }
        return found;
    }
}
