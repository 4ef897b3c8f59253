// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.connection;

import io.agnes.core.settings.Setting;
import io.agnes.core.settings.SettingType;
import io.agnes.core.settings.SettingValues;
import io.agnes.core.settings.SettingsSection;
import java.time.Duration;
import java.util.List;

/**
 * The limits on connections and downloads of clients. The constants describe the settings. {@link #bytes} computes the
 * heap that clients use when every limit is reached, and {@link #within} keeps it below half the heap.
 *
 * @param connections the number of open connections
 * @param connectionsPerAddress the number of open connections of one client address
 * @param downloads the number of simultaneous downloads
 * @param downloadsPerUser the number of simultaneous downloads of one user
 * @param shutdownDelay the time between readiness turning red and the port closing
 * @param trustedHops the number of proxies in front whose {@code X-Forwarded-For} is trusted
 */
public record Limits(
        int connections,
        int connectionsPerAddress,
        int downloads,
        int downloadsPerUser,
        Duration shutdownDelay,
        int trustedHops) {
    /** The fewest connections that serve a proxy and its health checks. */
    public static final int LEAST_CONNECTIONS = 64;

    private static final int MOST_CONNECTIONS = 20_000;

    private static final Setting<Integer> CONNECTIONS = Setting.of(
            "connections",
            new SettingType.WholeNumber(LEAST_CONNECTIONS, MOST_CONNECTIONS),
            2000,
            "open connections at the same time");

    private static final Setting<Integer> CONNECTIONS_PER_ADDRESS = Setting.of(
            "connections-per-address",
            new SettingType.WholeNumber(1, MOST_CONNECTIONS),
            1500,
            "open connections of one client address, which may be a proxy");

    private static final Setting<Integer> DOWNLOADS = Setting.of(
            "downloads",
            new SettingType.WholeNumber(1, MOST_CONNECTIONS),
            1000,
            "downloads at the same time, at most half of http.connections");

    private static final Setting<Integer> DOWNLOADS_PER_USER = Setting.of(
            "downloads-per-user",
            new SettingType.WholeNumber(1, MOST_CONNECTIONS),
            250,
            "downloads of one user at the same time");

    private static final Setting<Duration> SHUTDOWN_DELAY = Setting.of(
            "shutdown-delay",
            SettingType.Seconds.between(Duration.ZERO, Duration.ofMinutes(5)),
            Duration.ofSeconds(1),
            "time from SIGTERM, when readiness turns red, to the end of listening");

    private static final Setting<Integer> TRUSTED_HOPS = Setting.of(
            "trusted-hops",
            new SettingType.WholeNumber(0, 5),
            0,
            "proxies in front, each of which appends the address of its client to X-Forwarded-For; the audit then has"
                    + " that address");

    /** The settings of this section. */
    public static final SettingsSection<Limits> SETTINGS = new SettingsSection<>(
            "http",
            List.of(CONNECTIONS, CONNECTIONS_PER_ADDRESS, DOWNLOADS, DOWNLOADS_PER_USER, SHUTDOWN_DELAY, TRUSTED_HOPS),
            Limits::of);

    /** The bytes of all request bodies in memory, as received. */
    static final int BODY_BYTES = 2 * 1024 * 1024;

    /** The bytes of all answers above {@link Exchange#SMALL_ANSWER} that wait for their readers, as sent. */
    static final int ANSWER_BYTES = 8 * 1024 * 1024;

    private static final int MOST_CHECKS = 192;
    private static final int MOST_OTHERS = 256;
    private static final int DOWNLOADS_TO_REFUSE = 64;
    private static final int MOST_CLOSING = 256;

    /** The file descriptors of the registry, the jars and running exports. */
    private static final int OWN_DESCRIPTORS = 256;

    /**
     * The heap of a connection: Helidon's read buffer of 8 KiB, an unfinished head, the stack of a waiting virtual thread.
     */
    private static final int CONNECTION_BYTES = 24 * 1024;

    /** The heap of a request: a head of full size as text, once in the request and once for authentication. */
    private static final int REQUEST_BYTES = 24 * 1024;

    /** The copies of a body: as bytes, as text, and as JSON values. */
    private static final int COPIES_OF_A_BODY = 5;

    /** The copies of an answer: as text and as bytes. */
    private static final int COPIES_OF_AN_ANSWER = 2;

    /** The default limits, for a heap of 256 MB. */
    public static Limits standard() {
        return SETTINGS.defaults();
    }

    private static Limits of(SettingValues values) {
        int connections = values.get(CONNECTIONS);
        int downloads = values.get(DOWNLOADS);
        values.require(
                DOWNLOADS,
                downloads <= connections / 2,
                "is " + downloads + ", must be at most half of http.connections");
        return new Limits(
                connections,
                values.get(CONNECTIONS_PER_ADDRESS),
                downloads,
                values.get(DOWNLOADS_PER_USER),
                values.get(SHUTDOWN_DELAY),
                values.get(TRUSTED_HOPS));
    }

    /** Returns a copy with another shutdown delay. */
    public Limits withShutdownDelay(Duration delay) {
        return new Limits(connections, connectionsPerAddress, downloads, downloadsPerUser, delay, trustedHops);
    }

    /** The bytes of heap that clients use when every limit is reached. */
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

    /** The file descriptors that the process needs when every limit is reached. */
    public long descriptors() {
        return OWN_DESCRIPTORS + perClientDescriptors();
    }

    private long perClientDescriptors() {
        return (long) accepted() + downloads;
    }

    /**
     * These limits, scaled down in proportion if the heap or the file descriptors do not suffice.
     *
     * @param heapBytes the maximum heap, of which clients get at most half
     * @param descriptors the limit on open files of this process
     * @return limits with fewer than {@link #LEAST_CONNECTIONS} connections if the process cannot serve at all
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
                        shutdownDelay,
                        trustedHops);
    }

    private static int scaled(int limit, double share) {
        return Math.max(1, (int) (limit * share));
    }

    /** The number of connections that the listener accepts, with a reserve for connections that are closing. */
    public int accepted() {
        return connections + Math.min(MOST_CLOSING, connections / 8);
    }

    /** The number of simultaneous requests that hold a slot. */
    private int requests() {
        return slots(Pool.CHECKS) + slots(Pool.DOWNLOADS) + slots(Pool.OTHERS);
    }

    /**
     * The slots of a pool. The sum of all pools is below {@code connections}, so at least one connection holds no slot.
     */
    int slots(Pool pool) {
        return switch (pool) {
            case CHECKS -> Math.min(MOST_CHECKS, Math.max(1, connections / 8));
            case DOWNLOADS ->
                Math.min(downloads + DOWNLOADS_TO_REFUSE, Math.max(1, connections / 2 + connections / 16));
            case OTHERS -> Math.min(MOST_OTHERS, Math.max(1, connections / 8));
        };
    }
}
