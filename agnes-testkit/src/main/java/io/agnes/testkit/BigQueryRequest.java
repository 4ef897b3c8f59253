// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

/** The kinds of requests to {@link FakeBigQuery}. */
enum BigQueryRequest implements RequestKind {
    DATASETS("onDatasets"),
    DATASET("onDataset"),
    TABLES("onTables"),
    TABLE("onTable"),
    TABLE_DATA("onTableData"),
    JOB_INSERT("onJobInsert"),
    JOB("onJob"),
    JOB_CANCEL("onJobCancel"),
    QUERY("onQuery"),
    QUERY_RESULTS("onQueryResults"),
    TOKEN("onToken"),
    OTHER("other");

    private final String point;

    BigQueryRequest(String point) {
        this.point = point;
    }

    @Override
    public String point() {
        return point;
    }
}
