// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Selects the requests at which a fault happens. */
sealed interface RequestMatcher {
    boolean matches(Request request, RequestKind kind, @Nullable Integer slice);

    /**
     * Requests of one kind.
     *
     * @param slice the position of the only slice to match, or null for all
     */
    record OfKind(RequestKind kind, @Nullable Integer slice) implements RequestMatcher {
        @Override
        public boolean matches(Request request, RequestKind asked, @Nullable Integer askedSlice) {
            return kind.equals(asked) && (slice == null || slice.equals(askedSlice));
        }

        @Override
        public String toString() {
            return kind.point() + "(" + (slice == null ? "" : slice) + ")";
        }
    }

    /** Requests with this method whose whole path matches the pattern. */
    record OfPath(String method, Pattern path) implements RequestMatcher {
        @Override
        public boolean matches(Request request, RequestKind kind, @Nullable Integer slice) {
            return method.equals(request.method())
                    && path.matcher(request.path()).matches();
        }

        @Override
        public String toString() {
            return "on(\"" + method + "\", \"" + path + "\")";
        }
    }
}
