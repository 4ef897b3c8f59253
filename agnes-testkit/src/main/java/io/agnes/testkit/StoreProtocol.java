// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The protocol of a cloud's object store: names, credentials, signatures and error bodies. */
interface StoreProtocol {
    /** The URL of an object in a manifest, without a signature. */
    String manifestEntry(ObjectName name);

    /** The bucket or container and the key for the files of one export. */
    ObjectName place(String tableId, long fileId, String fileName);

    /** The JSON fields of a file: provider, region, bucket and key, signed URL, and on demand credentials. */
    Map<String, @Nullable Object> describe(FakeFile file, boolean credentials);

    /**
     * The name of the object that a request addresses.
     *
     * @throws ErrorResponseException 404 if the URL is not that of an object
     */
    ObjectName locate(Request request);

    /** @throws ErrorResponseException with the store's error if the request may not read the object */
    void authorize(Request request, ObjectName name);

    /** The store's response to a failure. */
    Response error(StoreFailure error);

    /** The requested range, or null. */
    default @Nullable String range(Request request) {
        return request.header("range");
    }

    /** Headers that this store adds to every object. */
    Map<String, String> objectHeaders(StoredObject object);
}
