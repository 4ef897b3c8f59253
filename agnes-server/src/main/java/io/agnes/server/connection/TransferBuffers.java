// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.connection;

import java.io.IOException;
import java.util.concurrent.Semaphore;

/**
 * Lends buffers for file transfers: 128 KiB to the first 32 transfers, 8 KiB to further ones, since many simultaneous
 * transfers are slow anyway.
 */
public final class TransferBuffers {
    static final int SMALL_BYTES = 8 * 1024;
    private static final int LARGE_BYTES = 128 * 1024;
    private static final int LARGE_AT_ONCE = 32;
    static final long LARGE_IN_ALL = (long) LARGE_AT_ONCE * LARGE_BYTES;

    private final Semaphore large = new Semaphore(LARGE_AT_ONCE);

    /** A transfer of bytes. */
    public interface Work {
        /** Transfers with this buffer, which must not be used after this method returns. */
        void with(byte[] buffer) throws IOException, InterruptedException;
    }

    /** Runs a transfer with a buffer. */
    public void lend(Work work) throws IOException, InterruptedException {
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
