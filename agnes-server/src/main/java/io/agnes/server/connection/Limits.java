// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.connection;

import java.time.Duration;

/**
 * How much clients may hold of this process. Each limit is a memory budget: {@link #bytes} adds up what the heap holds
 * when every limit is reached, and {@link #within} keeps that below half the heap.
 *
 * @param connections at once
 * @param connectionsPerAddress of one client address
 * @param downloads at once
 * @param downloadsPerUser of one user
 * @param shutdownDelay how long readiness is red before the port closes
 */
public record Limits(
        int connections, int connectionsPerAddress, int downloads, int downloadsPerUser, Duration shutdownDelay) {
    /** Fewer connections than this do not serve a proxy and its health checks. */
    public static final int LEAST_CONNECTIONS = 64;

    /** Bodies in memory at once, in bytes as sent. */
    static final int BODY_BYTES = 2 * 1024 * 1024;

    /** Answers above {@link Exchange#SMALL_ANSWER} that wait for their readers, in bytes as sent. */
    static final int ANSWER_BYTES = 8 * 1024 * 1024;

    private static final int MOST_CHECKS = 192;
    private static final int MOST_OTHERS = 256;
    private static final int DOWNLOADS_TO_REFUSE = 64;
    private static final int MOST_CLOSING = 256;

    /** The registry's files, the jars, exports at work. */
    private static final int OWN_DESCRIPTORS = 256;

    /** 8 KiB read buffer of Helidon, a head that is not finished, the stack of a waiting virtual thread. */
    private static final int CONNECTION_BYTES = 24 * 1024;

    /** A head of full size as text, once in the request and once for authentication. */
    private static final int REQUEST_BYTES = 24 * 1024;

    /** A body as bytes and as text, and its JSON values. */
    private static final int COPIES_OF_A_BODY = 5;

    /** An answer as text and as bytes. */
    private static final int COPIES_OF_AN_ANSWER = 2;

    /** Those that a heap of 256 MB holds. */
    public static Limits standard() {
        return new Limits(2000, 1500, 1000, 250, Duration.ZERO);
    }

    /** Bytes of heap that clients hold when every limit is reached. */
    public long bytes() {
        return perClientBytes() + fixedBytes();
    }

    private long perClientBytes() {
        return (long) connections * CONNECTION_BYTES
                + (long) requests() * REQUEST_BYTES
                + (long) downloads * TransferBuffers.SMALL_BYTES;
    }

    private static long fixedBytes() {
        return TransferBuffers.LARGE_IN_ALL
                + (long) COPIES_OF_A_BODY * BODY_BYTES
                + (long) COPIES_OF_AN_ANSWER * ANSWER_BYTES;
    }

    /** File descriptors that are needed when every limit is reached. */
    public long descriptors() {
        return OWN_DESCRIPTORS + perClientDescriptors();
    }

    private long perClientDescriptors() {
        return (long) accepted() + downloads;
    }

    /**
     * These, or lower ones in the same proportions if they need more than is there.
     *
     * @param heapBytes the largest heap; at most half of it is for clients
     * @param descriptors which this process may open
     * @return with fewer than {@link #LEAST_CONNECTIONS} connections if there is too little for any service
     */
    public Limits within(long heapBytes, long descriptors) {
        double heap = (double) (heapBytes / 2 - fixedBytes()) / perClientBytes();
        double files = (double) (descriptors - OWN_DESCRIPTORS) / perClientDescriptors();
        double share = Math.min(heap, files);
        return share >= 1
                ? this
                : new Limits(
                        scaled(connections, share),
                        scaled(connectionsPerAddress, share),
                        scaled(downloads, share),
                        scaled(downloadsPerUser, share),
                        shutdownDelay);
    }

    private static int scaled(int limit, double share) {
        return Math.max(1, (int) (limit * share));
    }

    /** Connections that are accepted: those that are being closed are still there for a moment. */
    public int accepted() {
        return connections + Math.min(MOST_CLOSING, connections / 8);
    }

    /** Requests at once that hold a slot. */
    private int requests() {
        return slots(Pool.CHECKS) + slots(Pool.DOWNLOADS) + slots(Pool.OTHERS);
    }

    /** Fewer than connections in sum, so that one without a slot can always be closed for a new one. */
    int slots(Pool pool) {
        return switch (pool) {
            case CHECKS -> Math.min(MOST_CHECKS, Math.max(1, connections / 8));
            case DOWNLOADS ->
                Math.min(downloads + DOWNLOADS_TO_REFUSE, Math.max(1, connections / 2 + connections / 16));
            case OTHERS -> Math.min(MOST_OTHERS, Math.max(1, connections / 8));
        };
    }
}
