// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

/** Counts operations that run at the same time and keeps the maximum. */
final class PeakCounter {
    private int now;
    private int most;

    synchronized void enter() {
        most = Math.max(most, ++now);
    }

    synchronized void leave() {
        now--;
    }

    synchronized int most() {
        return most;
    }
}
