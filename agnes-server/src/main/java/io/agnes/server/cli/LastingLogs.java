// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import java.util.logging.LogManager;

/**
 * The JDK's log manager, whose handlers last until the process has ended. The JDK closes them as soon as the process is
 * told to end, so nothing that a server logs while it ends would be seen.
 */
public final class LastingLogs extends LogManager {
    private volatile boolean lasting;

    /** For the JDK, which makes the one that the system property names. */
    public LastingLogs() {}

    /** Closes no handler from now on. */
    void last() {
        lasting = true;
    }

    @Override
    public void reset() {
        if (!lasting) {
            super.reset();
        }
    }
}
