// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Allows one change of each object name in a second, by the fake's clock, as the real service does. */
final class WriteLimit {
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final int MAX_NAMES = 10_000;

    private final boolean enforced;
    private final Map<ObjectName, Instant> last = new LinkedHashMap<>();

    /** @param enforced whether there is a limit at all */
    WriteLimit(boolean enforced) {
        this.enforced = enforced;
    }

    /**
     * Counts a change.
     *
     * @throws CloudRefusal 429 if the name was changed less than a second before; then the change is not counted
     */
    synchronized void count(ObjectName name, Instant now) {
        if (!enforced) {
            return;
        }
        Instant before = last.remove(name);
        if (before != null && now.isBefore(before.plus(INTERVAL))) {
            last.put(name, before);
            throw new CloudRefusal(
                    CloudRefusal.Reason.RATE_LIMIT,
                    "The object " + name.bucket() + "/" + name.key() + " exceeded the rate limit for object mutation"
                            + " operations (create, update, and delete). Please reduce your request rate. See"
                            + " https://cloud.google.com/storage/docs/gcs429.");
        }
        last.put(name, now);
        if (last.size() > MAX_NAMES) {
            last.remove(last.keySet().iterator().next());
        }
    }
}
