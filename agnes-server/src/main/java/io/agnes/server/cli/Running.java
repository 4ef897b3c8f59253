package io.agnes.server.cli;

import io.agnes.server.AgnesServer;
import java.util.concurrent.CountDownLatch;

/** Keeps a server up until the process is told to end, and then lets it end in order. */
final class Running {
    private Running() {}

    /** @param ready runs once the server is watched over */
    static void untilTold(AgnesServer server, Runnable ready) throws InterruptedException {
        CountDownLatch closed = new CountDownLatch(1);
        Thread close = new Thread(
                () -> {
                    server.close();
                    closed.countDown();
                },
                "shutdown");
        Runtime.getRuntime().addShutdownHook(close);
        try {
            ready.run();
        } catch (RuntimeException e) {
            Runtime.getRuntime().removeShutdownHook(close);
            server.close();
            throw e;
        }
        closed.await();
    }
}
