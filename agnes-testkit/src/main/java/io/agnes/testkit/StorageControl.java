// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@link FakeCloudStorage} for {@link ControlApi}. */
final class StorageControl implements Controlled {
    private final FakeCloudStorage storage;
    private final Map<String, Supplier<FaultPoint>> points = new LinkedHashMap<>();

    StorageControl(FakeCloudStorage storage) {
        this.storage = storage;
        points.put("bucket", storage::onBucket);
        points.put("list", storage::onList);
        points.put("metadata", storage::onMetadata);
        points.put("download", storage::onDownload);
        points.put("upload", storage::onUpload);
        points.put("upload_start", storage::onUploadStart);
        points.put("upload_chunk", storage::onUploadChunk);
        points.put("compose", storage::onCompose);
        points.put("rewrite", storage::onRewrite);
        points.put("delete", storage::onDelete);
        points.put("batch", storage::onBatch);
        points.put("token", storage::onToken);
        points.put("xml", storage::onXml);
    }

    @Override
    public Map<String, @Nullable Object> addresses() {
        return Json.object("endpoint", storage.endpoint().toString());
    }

    @Override
    public ManualClock clock() {
        return storage.clock();
    }

    @Override
    public List<RecordedRequest> requests() {
        return storage.requests();
    }

    @Override
    public List<String> unconsumed() {
        return storage.unconsumed();
    }

    @Override
    public void clearScripts() {
        storage.clearScripts();
    }

    @Override
    public FaultPoint on(String method, String pathRegex) {
        return storage.on(method, pathRegex);
    }

    @Override
    public Map<String, Supplier<FaultPoint>> points() {
        return points;
    }
}
