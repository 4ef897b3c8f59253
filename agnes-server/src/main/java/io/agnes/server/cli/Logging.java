// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Configures logging. This class is separate from {@link ShutdownLogManager}, because the JDK must know the name of the
 * log manager before that class is loaded.
 */
final class Logging {
    private static final String MANAGER = "java.util.logging.manager";

    /** Keeps a reference, because the log manager drops loggers without one. */
    private static final AtomicReference<@Nullable Logger> OURS = new AtomicReference<>();

    private Logging() {}

    /** Logs messages of this level and above to standard error. Must be called before the first message is logged. */
    static void toStandardError(Level least) {
        if (System.getProperty(MANAGER) == null) {
            System.setProperty(MANAGER, "io.agnes.server.cli.ShutdownLogManager");
        }
        LogManager manager = LogManager.getLogManager();
        try (InputStream settings = Logging.class.getResourceAsStream("logging.properties")) {
            manager.readConfiguration(settings);
        } catch (IOException e) {
            throw new IllegalStateException("the logging settings of this program cannot be read", e);
        }
        Logger ours = Logger.getLogger("io.agnes");
        ours.setLevel(least);
        OURS.set(ours);
        for (Handler handler : Logger.getLogger("").getHandlers()) {
            handler.setFormatter(new LogFormat());
        }
        if (manager instanceof ShutdownLogManager untilEnd) {
            untilEnd.keepHandlers();
        }
    }
}
