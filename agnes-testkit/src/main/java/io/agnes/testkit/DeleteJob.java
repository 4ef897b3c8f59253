// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A job that deletes a file. The file is deleted before the first poll. */
record DeleteJob(long id, Instant created) implements FakeJob {
    @Override
    public Map<String, @Nullable Object> accepted(String stack) {
        return fields("waiting", stack);
    }

    @Override
    public Map<String, @Nullable Object> poll(String stack) {
        return fields("success", stack);
    }

    @Override
    public Map<String, @Nullable Object> listed(String stack) {
        return fields("success", stack);
    }

    private Map<String, @Nullable Object> fields(String status, String stack) {
        return Json.object(
                "id",
                id,
                "status",
                status,
                "url",
                stack + StorageRoutes.ROOT + "/jobs/" + id,
                "operationName",
                "fileDelete",
                "createdTime",
                PhpTime.write(created),
                "results",
                null);
    }
}
