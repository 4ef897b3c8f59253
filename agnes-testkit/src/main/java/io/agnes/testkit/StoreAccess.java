// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What differs between the clouds: names, credentials, signatures and error bodies of a store. */
interface StoreAccess {
    /** The address of an object as a manifest spells it; never signed. */
    String manifestEntry(ObjectName name);

    /** A bucket (or container) and key for the files of one export. */
    ObjectName place(String tableId, long fileId, String fileName);

    /** Provider, region, place and signed URL of a file; credentials only if asked for. */
    Map<String, @Nullable Object> describe(StoredFile file, boolean credentials);

    /** @throws Refusal 404 if the address is not one of an object */
    ObjectName locate(Request request);

    /** @throws Refusal in the store's own words unless the request may read the object */
    void authorize(Request request, ObjectName name);

    Answer error(StoreError error);

    /** The range asked for, or null. */
    default @Nullable String range(Request request) {
        return request.header("range");
    }

    /** Headers that this store adds to every object. */
    Map<String, String> objectHeaders(StoredObject object);
}
