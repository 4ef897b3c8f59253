// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.audit;

import io.agnes.core.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Bounds how many refusals are recorded. The first of several alike is recorded at once; the others of its minute become one record
 * with their number. Refusals are alike if actor, address, action, object, result and code are the same. At most
 * {@value #MOST_OF_ONE} different ones of one actor and address are listed in a minute, and {@value #MOST} in all; those beyond are
 * only counted. That is 260 records a minute at most, about 80 KB.
 */
final class Refusals {
    static final int MOST = 128;
    static final int MOST_OF_ONE = 32;

    private static final Duration WINDOW = Duration.ofMinutes(1);

    private record Source(String actor, String address) {}

    private record Kind(Source source, String action, String object, String result, String code) {
        static Kind of(AuditEvent event) {
            return new Kind(
                    new Source(event.origin().actor(), event.origin().address()),
                    event.action(),
                    event.object(),
                    event.result(),
                    event.code());
        }
    }

    /** The last of those alike, and how many came after the first. */
    private record Repeated(AuditEvent last, long count) {}

    private final Time time;
    private final Map<Kind, Repeated> listed = new LinkedHashMap<>();
    private final Map<Source, Integer> kinds = new HashMap<>();
    private long beyond;
    private long began;

    Refusals(Time time) {
        this.time = time;
        this.began = time.nanos();
    }

    /** Takes a refusal, and returns whether it is to be recorded by itself. */
    synchronized boolean take(AuditEvent event) {
        Kind kind = Kind.of(event);
        Repeated before = listed.get(kind);
        if (before != null) {
            listed.put(kind, new Repeated(event, before.count() + 1));
            return false;
        }
        int ofOne = kinds.getOrDefault(kind.source(), 0);
        if (listed.size() >= MOST || ofOne >= MOST_OF_ONE) {
            beyond++;
            return false;
        }
        listed.put(kind, new Repeated(event, 0));
        kinds.put(kind.source(), ofOne + 1);
        return true;
    }

    /** The records of the repeated ones, if a minute is over; empty until then. */
    synchronized List<AuditEvent> ended() {
        return time.since(began).compareTo(WINDOW) >= 0 ? end() : List.of();
    }

    /** The records of the repeated ones; a new minute begins. */
    synchronized List<AuditEvent> end() {
        List<AuditEvent> events = new ArrayList<>();
        for (Repeated repeated : listed.values()) {
            if (repeated.count() > 0) {
                events.add(repeated.last().times(repeated.count()));
            }
        }
        if (beyond > 0) {
            events.add(AuditEvent.undone(
                            time.now(),
                            Origin.SERVER,
                            AuditAction.REFUSALS_COUNTED,
                            MOST_OF_ONE + " of one client, " + MOST + " of all in a minute",
                            AuditResult.REFUSED,
                            "")
                    .times(beyond));
        }
        listed.clear();
        kinds.clear();
        beyond = 0;
        began = time.nanos();
        return events;
    }
}
