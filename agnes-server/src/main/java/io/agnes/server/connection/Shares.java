// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.connection;

import java.util.HashMap;
import java.util.Map;

/** So many units, of which one holder has at most a part. */
public final class Shares {
    private final int most;
    private final int mostOfOne;
    private final Map<String, Integer> held = new HashMap<>();
    private int inAll;

    /**
     * With all of them free.
     *
     * @param mostOfOne of one holder
     */
    public Shares(int most, int mostOfOne) {
        this.most = most;
        this.mostOfOne = mostOfOne;
    }

    /** How a request for units ended. */
    public enum Outcome {
        /** They are held until they are given back. */
        TAKEN,
        /** The holder has its part already. */
        SHARE_USED,
        /** Nothing is free for anyone. */
        ALL_USED
    }

    /** Takes units, or none at all. */
    public synchronized Outcome take(String holder, int units) {
        int before = held.getOrDefault(holder, 0);
        if (before + units > mostOfOne) {
            return Outcome.SHARE_USED;
        }
        if (inAll + units > most) {
            return Outcome.ALL_USED;
        }
        held.put(holder, before + units);
        inAll += units;
        return Outcome.TAKEN;
    }

    /** Gives units back. */
    public synchronized void give(String holder, int units) {
        inAll -= units;
        held.computeIfPresent(holder, (name, before) -> before == units ? null : before - units);
    }

    /** The part of one holder. */
    public int mostOfOne() {
        return mostOfOne;
    }

    /** All units. */
    public int most() {
        return most;
    }
}
