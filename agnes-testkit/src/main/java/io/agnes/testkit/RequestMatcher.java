// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Selects the requests at which a fault happens. */
sealed interface RequestMatcher {
    boolean matches(Request request, RequestKind kind, @Nullable Integer slice);

    /** Whether errors at these requests have the form of an object store's. */
    boolean isStore();

    /**
     * Requests of one kind.
     *
     * @param slice the position of the only slice to match, or null for all
     */
    record OfKind(RequestKind kind, @Nullable Integer slice) implements RequestMatcher {
        @Override
        public boolean matches(Request request, RequestKind asked, @Nullable Integer askedSlice) {
            return kind == asked && (slice == null || slice.equals(askedSlice));
        }

        @Override
        public boolean isStore() {
            return kind == RequestKind.MANIFEST || kind == RequestKind.SLICE;
        }

        @Override
        public String toString() {
            String name = switch (kind) {
                case EXPORT -> "onExport";
                case JOB_POLL -> "onJobPoll";
                case FILE_DETAIL -> "onFileDetail";
                case TABLE -> "onTable";
                case TABLES -> "onTables";
                case TOKEN -> "onTokenVerify";
                case MANIFEST -> "onManifest";
                case SLICE -> "onSlice";
                default -> kind.name();
            };
            return name + "(" + (slice == null ? "" : slice) + ")";
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
        public boolean isStore() {
            return !path.pattern().startsWith(StorageRoutes.ROOT);
        }

        @Override
        public String toString() {
            return "on(\"" + method + "\", \"" + path + "\")";
        }
    }
}
