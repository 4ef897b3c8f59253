// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Handles SIGTERM and SIGINT. The JVM starts an orderly shutdown at the first signal and ignores all later ones, so a
 * process that waits for a slow client would need SIGKILL.
 */
final class Signals {
    private static final int BY_SIGNAL = 128 + 15;

    private Signals() {}

    /** Starts an orderly shutdown at the first signal and ends the process at once at the second. */
    static void secondEndsAtOnce() {
        AtomicBoolean told = new AtomicBoolean();
        for (String name : List.of("TERM", "INT")) {
            handle(name, () -> {
                if (told.getAndSet(true)) {
                    Runtime.getRuntime().halt(BY_SIGNAL);
                }
                Runtime.getRuntime().exit(0);
            });
        }
    }

    /**
     * Uses reflection, because the compiler warns at every use of these classes. If they are missing, the JVM's default
     * handling stays.
     */
    private static void handle(String signal, Runnable action) {
        try {
            Class<?> signals = Class.forName("sun.misc.Signal");
            Class<?> handlers = Class.forName("sun.misc.SignalHandler");
            Object handler = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {handlers}, (proxy, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            action.run();
                        }
                        return null;
                    });
            signals.getMethod("handle", signals, handlers)
                    .invoke(null, signals.getConstructor(String.class).newInstance(signal), handler);
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            System.getLogger(Signals.class.getName())
                    .log(System.Logger.Level.DEBUG, "a second signal will not end this process at once", e);
        }
    }
}
