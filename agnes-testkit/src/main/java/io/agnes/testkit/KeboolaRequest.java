// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

/** The kinds of requests to {@link FakeKeboola}. */
enum KeboolaRequest implements RequestKind {
    INDEX("index"),
    TOKEN("onTokenVerify"),
    BRANCHES("branches"),
    BUCKETS("buckets"),
    TABLES("onTables"),
    TABLE("onTable"),
    EXPORT("onExport"),
    JOB_POLL("onJobPoll"),
    FILE_DETAIL("onFileDetail"),
    FILE_DELETE("fileDelete"),
    MANIFEST("onManifest"),
    SLICE("onSlice"),
    OTHER("other");

    private final String point;

    KeboolaRequest(String point) {
        this.point = point;
    }

    @Override
    public String point() {
        return point;
    }
}
