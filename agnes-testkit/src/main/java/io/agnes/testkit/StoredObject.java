// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.time.Instant;

/** An object of a {@link FakeObjectStore}. Objects do not change; a write replaces the object of a name. */
interface StoredObject {
    ObjectName name();

    Content content();

    /** The value of the header ETag, with quotation marks where the store has them. */
    String etag();

    Instant modified();
}
