package io.agnes.server.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's log manager, whose handlers last until the process has ended. The JDK closes them as soon as the process is
 * told to end, so nothing that a server logs while it ends would be seen.
 */
public final class LastingLogs extends LogManager {
    private static final String CHOICE = "java.util.logging.manager";

    /** Held here, since the manager itself forgets loggers that nobody holds. */
    private static @Nullable Logger ours;

    private volatile boolean lasting;

    /** For the JDK, which makes the one that the system property names. */
    public LastingLogs() {}

    /** Logs what is of at least this level to standard error from now on. To be called before anything is logged. */
    static void toStandardError(Level least) {
        if (System.getProperty(CHOICE) == null) {
            System.setProperty(CHOICE, LastingLogs.class.getName());
        }
        LogManager manager = LogManager.getLogManager();
        try (InputStream settings = LastingLogs.class.getResourceAsStream("logging.properties")) {
            manager.readConfiguration(settings);
        } catch (IOException e) {
            throw new IllegalStateException("the logging settings of this program cannot be read", e);
        }
        Logger held = Logger.getLogger("io.agnes");
        held.setLevel(least);
        ours = held;
        for (Handler handler : Logger.getLogger("").getHandlers()) {
            handler.setFormatter(new LogFormat());
        }
        if (manager instanceof LastingLogs last) {
            last.lasting = true;
        }
    }

    @Override
    public void reset() {
        if (!lasting) {
            super.reset();
        }
    }
}
