// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import java.util.logging.LogManager;

/**
 * A log manager that keeps its handlers open until the process ends. The JDK's log manager closes them in a shutdown
 * hook, which would lose the messages that a server logs while it shuts down.
 */
public final class ShutdownLogManager extends LogManager {
    private volatile boolean keepsHandlers;

    /** Called by the JDK, which creates the log manager that the system property names. */
    public ShutdownLogManager() {}

    /** Keeps all handlers open from now on. */
    void keepHandlers() {
        keepsHandlers = true;
    }

    @Override
    public void reset() {
        if (!keepsHandlers) {
            super.reset();
        }
    }
}
