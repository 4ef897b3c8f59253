// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.access;

import io.agnes.core.Time;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Logs refused sign-ins, without their tokens. Logs at most one line a minute for an address, for at most {@value
 * #MOST_ADDRESSES} addresses, and counts the others, so that guessing tokens cannot flood the log.
 */
final class RefusedSignIns {
    private static final System.Logger LOG = System.getLogger(RefusedSignIns.class.getName());
    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int MOST_ADDRESSES = 20;

    private final Time time;
    private final Set<String> told = new HashSet<>();
    private long began;
    private long untold;

    RefusedSignIns(Time time) {
        this.time = time;
        this.began = time.nanos();
    }

    /** @param reason called only if the line is logged */
    synchronized void note(String address, Supplier<String> reason) {
        if (time.since(began).compareTo(WINDOW) >= 0) {
            begin();
        }
        if (told.size() < MOST_ADDRESSES && told.add(address)) {
            LOG.log(System.Logger.Level.WARNING, "sign-in refused: " + address + " reason=" + reason.get());
        } else {
            untold++;
        }
    }

    private void begin() {
        if (untold > 0) {
            LOG.log(System.Logger.Level.WARNING, "sign-in refused: " + untold + " more times, not logged one by one");
        }
        began = time.nanos();
        told.clear();
        untold = 0;
    }
}
