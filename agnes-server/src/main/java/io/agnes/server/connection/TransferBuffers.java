// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.connection;

import java.io.IOException;
import java.util.concurrent.Semaphore;

/**
 * Buffers for files on their way: large ones for the first transfers, small ones for all others, since many transfers at
 * once are slow ones.
 */
public final class TransferBuffers {
    static final int SMALL_BYTES = 8 * 1024;
    private static final int LARGE_BYTES = 128 * 1024;
    private static final int LARGE_AT_ONCE = 32;
    static final long LARGE_IN_ALL = (long) LARGE_AT_ONCE * LARGE_BYTES;

    private final Semaphore large = new Semaphore(LARGE_AT_ONCE);

    /** Work that fails as files and sockets do. */
    public interface Work {
        /** Does it with this buffer, which is good until it returns. */
        void with(byte[] buffer) throws IOException;
    }

    /** Lends a buffer for the time of the work. */
    public void lend(Work work) throws IOException {
        if (!large.tryAcquire()) {
            work.with(new byte[SMALL_BYTES]);
            return;
        }
        try {
            work.with(new byte[LARGE_BYTES]);
        } finally {
            large.release();
        }
    }
}
