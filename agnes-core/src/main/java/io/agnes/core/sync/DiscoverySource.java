// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import java.io.IOException;
import java.util.List;

/** A source that can say which tables it has. Safe for use by several threads. */
public interface DiscoverySource {
    /** The {@code source_type} of the tables that it lists. */
    String type();

    /**
     * Every table of the source that its credentials may see; what is not there has gone.
     *
     * @throws io.agnes.core.AgnesException if the source refuses or cannot list all, for half a list is none
     */
    List<Discovered> list() throws IOException, InterruptedException;
}
