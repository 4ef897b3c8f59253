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

/** How this program logs. Apart from {@link LastingLogs}, which may not be touched before the JDK was told of it. */
final class Logging {
    private static final String MANAGER = "java.util.logging.manager";

    /** Held here because the log manager drops loggers without a reference. */
    private static final AtomicReference<@Nullable Logger> OURS = new AtomicReference<>();

    private Logging() {}

    /** Logs what is of at least this level to standard error from now on. To be called before anything is logged. */
    static void toStandardError(Level least) {
        if (System.getProperty(MANAGER) == null) {
            System.setProperty(MANAGER, "io.agnes.server.cli.LastingLogs");
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
        if (manager instanceof LastingLogs lasting) {
            lasting.last();
        }
    }
}
