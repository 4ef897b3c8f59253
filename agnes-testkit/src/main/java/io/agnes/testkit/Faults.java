// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The faults still to happen; of several that match a request the oldest does. */
final class Faults {
    private final List<Armed> armed = new ArrayList<>();
    private final List<Fault> unarmed = new ArrayList<>();

    private static final class Armed {
        private final Fault fault;
        /** Negative for always. */
        private int left;

        Armed(Fault fault, int left) {
            this.fault = fault;
            this.left = left;
        }

        @Override
        public String toString() {
            return fault + ", still " + left + " times";
        }
    }

    synchronized void script(Fault fault) {
        unarmed.add(fault);
    }

    synchronized void arm(Fault fault, int times) {
        unarmed.removeIf(other -> other == fault);
        armed.add(new Armed(fault, times));
    }

    /** The fault for this request, used up by one, or null. */
    synchronized @Nullable Misbehaviour take(Request request, Stage stage, @Nullable Integer slice) {
        for (Armed one : armed) {
            if (one.fault.place().matches(request, stage, slice)) {
                one.left--;
                armed.removeIf(other -> other.left == 0);
                return one.fault.misbehaviour();
            }
        }
        return null;
    }

    /** Descriptions of those that were not told how often they happen. */
    synchronized List<String> unarmed() {
        return unarmed.stream()
                .map(fault -> fault + ", without once(), times(n) or always()")
                .toList();
    }

    /** Descriptions of those that had a number of times and did not reach it, and of those that have none. */
    synchronized List<String> unconsumed() {
        return Stream.concat(
                        unarmed().stream(),
                        armed.stream().filter(fault -> fault.left > 0).map(Armed::toString))
                .toList();
    }

    synchronized void clear() {
        armed.clear();
        unarmed.clear();
    }
}
