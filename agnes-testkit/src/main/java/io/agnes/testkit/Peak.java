// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

/** Counts how many are in, and how many were at most. */
final class Peak {
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
