// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import java.io.IOException;
import java.util.List;

/** A source that can list its tables. Safe for use by several threads. */
public interface DiscoverySource {
    /** The {@code source_type} of the tables that it lists. */
    String type();

    /**
     * Lists every table of the source that its credentials may see. A table missing from the list no longer exists.
     *
     * @throws io.agnes.core.AgnesException if the source refuses, or fails to list all tables
     */
    List<Discovered> list() throws IOException, InterruptedException;
}
