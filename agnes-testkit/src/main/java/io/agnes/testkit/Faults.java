package io.agnes.testkit;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The faults still to happen; of several that match a request the oldest does. */
final class Faults {
    private final List<Armed> armed = new ArrayList<>();

    private static final class Armed {
        private final Stage stage;
        private final @Nullable Integer slice;
        private final Misbehaviour misbehaviour;
        /** Negative for always. */
        private int left;

        Armed(Stage stage, @Nullable Integer slice, Misbehaviour misbehaviour, int left) {
            this.stage = stage;
            this.slice = slice;
            this.misbehaviour = misbehaviour;
            this.left = left;
        }

        boolean matches(Stage asked, @Nullable Integer askedSlice) {
            return stage == asked && (slice == null || slice.equals(askedSlice));
        }

        @Override
        public String toString() {
            return stage + (slice == null ? "" : " " + slice) + " " + misbehaviour + ", left: " + left;
        }
    }

    synchronized void arm(Stage stage, @Nullable Integer slice, Misbehaviour misbehaviour, int times) {
        armed.add(new Armed(stage, slice, misbehaviour, times));
    }

    /** The fault for this request, used up by one, or null. */
    synchronized @Nullable Misbehaviour take(Stage stage, @Nullable Integer slice) {
        for (Armed fault : armed) {
            if (fault.matches(stage, slice)) {
                fault.left--;
                armed.removeIf(other -> other.left == 0);
                return fault.misbehaviour;
            }
        }
        return null;
    }

    /** Descriptions of those that had a number of times and did not reach it. */
    synchronized List<String> unconsumed() {
        return armed.stream()
                .filter(fault -> fault.left > 0)
                .map(Armed::toString)
                .toList();
    }
}
