// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The scripted faults that have not happened yet. If several match a request, the oldest happens. */
final class Faults {
    private final List<Armed> armed = new ArrayList<>();
    private final List<Fault> unarmed = new ArrayList<>();

    private static final class Armed {
        private final Fault fault;
        /** The number of times left; negative for always. */
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

    /** The misbehaviour for this request, or null. Uses the fault once. */
    synchronized @Nullable Misbehaviour take(Request request, RequestKind kind, @Nullable Integer slice) {
        for (Armed candidate : armed) {
            if (candidate.fault.matcher().matches(request, kind, slice)) {
                candidate.left--;
                armed.removeIf(other -> other.left == 0);
                return candidate.fault.misbehaviour();
            }
        }
        return null;
    }

    /** Descriptions of the faults without {@code once()}, {@code times(n)} or {@code always()}. */
    synchronized List<String> unarmed() {
        return unarmed.stream()
                .map(fault -> fault + ", without once(), times(n) or always()")
                .toList();
    }

    /** Descriptions of the faults that did not happen as often as scripted, and of the {@link #unarmed} ones. */
    synchronized List<String> unconsumed() {
        return Stream.concat(
                        unarmed().stream(),
                        armed.stream().filter(fault -> fault.left > 0).map(Armed::toString))
                .toList();
    }

    /** @throws AssertionError with the descriptions, if there are any */
    static void requireNone(List<String> waiting) {
        if (!waiting.isEmpty()) {
            throw new AssertionError("Scripted and never happened:\n  " + String.join("\n  ", waiting));
        }
    }

    synchronized void clear() {
        armed.clear();
        unarmed.clear();
    }
}
