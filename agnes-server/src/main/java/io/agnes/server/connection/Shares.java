// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.connection;

import java.util.HashMap;
import java.util.Map;

/** A pool of units of which each holder may take at most a share. */
public final class Shares {
    private final int most;
    private final int mostOfOne;
    private final Map<String, Integer> held = new HashMap<>();
    private int inAll;

    /**
     * Creates a pool whose units are all free.
     *
     * @param most the number of units
     * @param mostOfOne the number of units that one holder may take
     */
    public Shares(int most, int mostOfOne) {
        this.most = most;
        this.mostOfOne = mostOfOne;
    }

    /** The result of taking units. */
    public enum Outcome {
        /** The holder has the units until it gives them back. */
        TAKEN,
        /** The holder would exceed its share. */
        SHARE_USED,
        /** Too few units are free. */
        ALL_USED
    }

    /** Takes all of these units, or none. */
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

    /** The number of units that one holder may take. */
    public int mostOfOne() {
        return mostOfOne;
    }

    /** The number of units. */
    public int most() {
        return most;
    }
}
