package io.agnes.testkit;

import java.util.function.IntConsumer;

/** A fault that waits to be told how often it happens; until then it never does. */
public final class Fault {
    private static final int ALWAYS = -1;

    private final IntConsumer armed;

    Fault(IntConsumer armed) {
        this.armed = armed;
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
        armed.accept(times);
    }

    /** Every matching request until the fake closes; never counts as unconsumed. */
    public void always() {
        armed.accept(ALWAYS);
    }
}
