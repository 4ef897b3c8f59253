// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

/**
 * A fault that waits to be told how often it happens. Until then it does not happen, and a fake that closes while one still
 * waits fails: a script that was not finished must not look like a client that copes.
 */
public final class Fault {
    private static final int ALWAYS = -1;

    private final Faults faults;
    private final Place place;
    private final Misbehaviour misbehaviour;
    private final String description;

    Fault(Faults faults, Place place, Misbehaviour misbehaviour) {
        this.faults = faults;
        this.place = place;
        this.misbehaviour = misbehaviour;
        this.description = place + "." + CallSite.methodOf(FaultPoint.class) + ", scripted at " + CallSite.current();
        faults.script(this);
    }

    /** The next matching request, and no other. */
    public void once() {
        times(1);
    }

    /** @param times how many of the next matching requests, at least 1 */
    public void times(int times) {
        if (times < 1) {
            throw new IllegalArgumentException("times must be at least 1, not " + times);
        }
        faults.arm(this, times);
    }

    /** Every matching request until the fake closes; never counts as unconsumed. */
    public void always() {
        faults.arm(this, ALWAYS);
    }

    Place place() {
        return place;
    }

    Misbehaviour misbehaviour() {
        return misbehaviour;
    }

    /** What was scripted, and on which line. */
    @Override
    public String toString() {
        return description;
    }
}
