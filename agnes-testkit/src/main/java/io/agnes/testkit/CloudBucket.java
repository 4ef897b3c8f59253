// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/** A bucket of {@link FakeCloudStorage}, which accounts for the bytes that soft delete keeps. */
final class CloudBucket {
    /** The default of new buckets of the real service. */
    static final Duration SOFT_DELETE = Duration.ofDays(7);

    /** Older records are dropped, and their bytes are no longer counted. */
    private static final int MAX_KEPT = 1_000_000;

    private final String name;
    private final String location;
    private final Duration softDelete;
    private final Instant created;
    private final Deque<Kept> kept = new ArrayDeque<>();

    /** @param softDelete how long deleted and overwritten objects are kept; 0 switches soft delete off */
    CloudBucket(String name, String location, Duration softDelete, Instant created) {
        this.name = name;
        this.location = location;
        this.softDelete = softDelete;
        this.created = created;
    }

    private record Kept(Instant until, long bytes) {}

    String name() {
        return name;
    }

    String location() {
        return location;
    }

    Duration softDelete() {
        return softDelete;
    }

    Instant created() {
        return created;
    }

    /** Accounts for an object that was deleted or overwritten. */
    synchronized void keep(long bytes, Instant now) {
        if (!softDelete.isZero()) {
            kept.add(new Kept(now.plus(softDelete), bytes));
            if (kept.size() > MAX_KEPT) {
                kept.remove();
            }
        }
    }

    /** The bytes of deleted and overwritten objects that are kept, and billed, at this time. */
    synchronized long keptBytes(Instant now) {
        kept.removeIf(object -> !object.until.isAfter(now));
        return kept.stream().mapToLong(Kept::bytes).sum();
    }
}
