// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * SIGTERM and SIGINT. The JVM takes the first as the wish to end in order and drops all that follow, so that a process
 * that waits for a slow client could only be killed.
 */
final class Signals {
    private static final int BY_SIGNAL = 128 + 15;

    private Signals() {}

    /** Lets the first of them end the process in order, and the second at once. */
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

    /** By name: the compiler takes each mention of these classes for a mistake. Without them the JVM's way stays. */
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
