// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which requests a fault is for. */
sealed interface Place {
    boolean matches(Request request, Stage stage, @Nullable Integer slice);

    /** Whether an error there is in the words of an object store. */
    boolean isStore();

    /**
     * A step of an export.
     *
     * @param slice the only one meant, or null for all
     */
    record Step(Stage stage, @Nullable Integer slice) implements Place {
        @Override
        public boolean matches(Request request, Stage asked, @Nullable Integer askedSlice) {
            return stage == asked && (slice == null || slice.equals(askedSlice));
        }

        @Override
        public boolean isStore() {
            return stage == Stage.MANIFEST || stage == Stage.SLICE;
        }

        @Override
        public String toString() {
            String name = switch (stage) {
                case EXPORT -> "onExport";
                case JOB_POLL -> "onJobPoll";
                case FILE_DETAIL -> "onFileDetail";
                case TABLE -> "onTable";
                case TABLES -> "onTables";
                case TOKEN -> "onTokenVerify";
                case MANIFEST -> "onManifest";
                case SLICE -> "onSlice";
                default -> stage.name();
            };
            return name + "(" + (slice == null ? "" : slice) + ")";
        }
    }

    /** Requests with this method whose whole path matches. */
    record Address(String method, Pattern path) implements Place {
        @Override
        public boolean matches(Request request, Stage stage, @Nullable Integer slice) {
            return method.equals(request.method())
                    && path.matcher(request.path()).matches();
        }

        @Override
        public boolean isStore() {
            return !path.pattern().startsWith(StorageApi.ROOT);
        }

        @Override
        public String toString() {
            return "on(\"" + method + "\", \"" + path + "\")";
        }
    }
}
