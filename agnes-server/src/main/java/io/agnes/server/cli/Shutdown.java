// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import java.util.concurrent.CountDownLatch;

/** Runs a service until the process receives a signal to end, and then closes it. */
final class Shutdown {
    private Shutdown() {}

    /**
     * Waits for the end of the process and never returns. The first SIGTERM or SIGINT closes the service and then ends
     * the process with exit code 0; the second ends the process at once.
     *
     * @param announce reports that the service runs; called after the hook is installed, because a reader may end the
     *     process at once
     */
    static void await(AutoCloseable service, Runnable announce) throws InterruptedException {
        Signals.secondEndsAtOnce();
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            close(service);
                            // Ends with 0 for an orderly end; the JVM would report the signal as a failure.
                            Runtime.getRuntime().halt(0);
                        },
                        "shutdown"));
        announce.run();
        new CountDownLatch(1).await();
    }

    private static void close(AutoCloseable service) {
        try {
            service.close();
        } catch (Exception e) {
            System.getLogger(Shutdown.class.getName()).log(System.Logger.Level.WARNING, "while ending", e);
        }
    }
}
