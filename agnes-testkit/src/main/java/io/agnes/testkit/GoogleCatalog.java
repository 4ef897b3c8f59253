// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** The datasets of a {@link FakeBigQuery}. */
final class GoogleCatalog {
    private final Map<String, FakeDataset> datasets = new ConcurrentSkipListMap<>();
    private final GoogleWarehouse warehouse;
    private final String location;

    /** @param location the location of new datasets */
    GoogleCatalog(GoogleWarehouse warehouse, String location) {
        this.warehouse = warehouse;
        this.location = location;
    }

    /** The dataset, new or existing. */
    FakeDataset dataset(String project, String id) {
        if (!id.matches("\\w{1,1024}")) {
            throw new IllegalArgumentException("Not a dataset id of BigQuery: " + id);
        }
        return datasets.compute(
                project + ":" + id,
                (key, before) -> before == null || before.isDropped()
                        ? new FakeDataset(project, id, location, warehouse)
                        : before);
    }

    /** The datasets that clients see, in the order of their ids. */
    List<FakeDataset> visible(String project) {
        return datasets.values().stream()
                .filter(dataset -> dataset.project().equals(project) && !dataset.isDropped())
                .toList();
    }

    /** @throws GoogleJobException 404 if there is none */
    FakeDataset requireDataset(String project, String id) {
        FakeDataset dataset = datasets.get(project + ":" + id);
        if (dataset == null || dataset.isDropped()) {
            throw GoogleJobException.notFound("Dataset " + project + ":" + id);
        }
        return dataset;
    }

    /** @throws GoogleJobException 404 if there is none */
    FakeBigQueryTable requireTable(String project, String dataset, String id) {
        FakeBigQueryTable table = requireDataset(project, dataset).find(id);
        if (table == null) {
            throw GoogleJobException.notFound("Table " + project + ":" + dataset + "." + id);
        }
        return table;
    }
}
