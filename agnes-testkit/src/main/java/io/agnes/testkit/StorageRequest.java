// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

/** The kinds of requests to {@link FakeCloudStorage}. */
enum StorageRequest implements RequestKind {
    BUCKET("onBucket"),
    LIST("onList"),
    METADATA("onMetadata"),
    DOWNLOAD("onDownload"),
    UPLOAD("onUpload"),
    UPLOAD_START("onUploadStart"),
    UPLOAD_CHUNK("onUploadChunk"),
    COMPOSE("onCompose"),
    REWRITE("onRewrite"),
    DELETE("onDelete"),
    BATCH("onBatch"),
    TOKEN("onToken"),
    XML("onXml"),
    OTHER("other");

    private final String point;

    StorageRequest(String point) {
        this.point = point;
    }

    @Override
    public String point() {
        return point;
    }
}
