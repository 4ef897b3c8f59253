// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

/**
 * A fault that needs one more call: {@link #once}, {@link #times} or {@link #always}. Without it the fault does not happen,
 * and closing the fake fails, so that an incomplete script does not look like a client that handles the fault.
 */
public final class Fault {
    private static final int ALWAYS = -1;

    private final Faults faults;
    private final RequestMatcher matcher;
    private final Misbehaviour misbehaviour;
    private final String description;

    Fault(Faults faults, RequestMatcher matcher, Misbehaviour misbehaviour) {
        this.faults = faults;
        this.matcher = matcher;
        this.misbehaviour = misbehaviour;
        this.description = matcher + "." + CallSite.methodOf(FaultPoint.class) + ", scripted at " + CallSite.current();
        faults.script(this);
    }

    /** The fault happens at the next matching request. */
    public void once() {
        times(1);
    }

    /**
     * The fault happens at this many of the next matching requests.
     *
     * @param times at least 1
     */
    public void times(int times) {
        if (times < 1) {
            throw new IllegalArgumentException("times must be at least 1, not " + times);
        }
        faults.arm(this, times);
    }

    /** The fault happens at every matching request until the fake closes. It never counts as unconsumed. */
    public void always() {
        faults.arm(this, ALWAYS);
    }

    RequestMatcher matcher() {
        return matcher;
    }

    Misbehaviour misbehaviour() {
        return misbehaviour;
    }

    /** The fault and the line that scripted it. */
    @Override
    public String toString() {
        return description;
    }
}
