// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.metadata;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** How far the cached metadata of a table can be relied on. */
public enum Freshness {
    /** No attempt was stored. */
    NEVER_FETCHED,
    /** The last attempt failed; the metadata are those of an earlier one, if there are any. */
    ERROR,
    /** At most twice the interval of refreshes old. */
    FRESH,
    /** Older than that. */
    STALE;

    /** The age up to which metadata are fresh: one refresh may fail, or be late. */
    public static Duration threshold(Duration interval) {
        return interval.multipliedBy(2);
    }

    /**
     * The freshness of an entry.
     *
     * @param interval between two refreshes; zero if there are none, and then metadata stay fresh
     */
    public static Freshness of(Optional<MetadataCache.Entry> entry, Duration interval, Instant now) {
        if (entry.isEmpty()) {
            return NEVER_FETCHED;
        }
        if (entry.get().failure().isPresent()) {
            return ERROR;
        }
        Optional<Instant> at = entry.get().known().map(MetadataCache.Known::refreshedAt);
        if (at.isEmpty()) {
            return NEVER_FETCHED;
        }
        boolean old = !interval.isZero() && at.get().plus(threshold(interval)).isBefore(now);
        return old ? STALE : FRESH;
    }

    /** The name in lower case, as in the contract. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
