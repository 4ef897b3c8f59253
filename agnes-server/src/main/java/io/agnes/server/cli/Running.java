// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import java.util.concurrent.CountDownLatch;

/** Keeps something up until the process is told to end, and then lets it end in order. */
final class Running {
    private Running() {}

    /**
     * Returns never: the process ends once the hook has closed what ran.
     *
     * Told a second time it ends at once.
     *
     * @param announce tells that it runs; who reads that may end the process at once, so the hook is there before
     */
    static void untilTold(AutoCloseable running, Runnable announce) throws InterruptedException {
        Signals.secondEndsAtOnce();
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            close(running);
                            // Being told to end is no failure, which is what the JVM would say of it.
                            Runtime.getRuntime().halt(0);
                        },
                        "shutdown"));
        announce.run();
        new CountDownLatch(1).await();
    }

    private static void close(AutoCloseable running) {
        try {
            running.close();
        } catch (Exception e) {
            System.getLogger(Running.class.getName()).log(System.Logger.Level.WARNING, "while ending", e);
        }
    }
}
