// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Whether a source could be reached when it was asked the last time.
 *
 * @param code the source's own code for the failure; null if it answered or was not asked yet
 * @param checkedAt null if it was not asked yet
 */
public record SourceState(
        Status status, @Nullable String code, @Nullable Instant checkedAt) {
    /** Not asked yet. */
    public static final SourceState UNCHECKED = new SourceState(Status.UNCHECKED, null, null);

    /** The result of the last check. */
    public enum Status {
        /** Not asked yet. */
        UNCHECKED,
        /** It answers and takes our credentials. */
        OK,
        /** It does not answer. */
        UNREACHABLE,
        /** It refuses our credentials. */
        REFUSED;

        /** The name in lower case, as in the contract. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Whether something is known to be wrong. */
    public boolean isBad() {
        return status == Status.UNREACHABLE || status == Status.REFUSED;
    }
}
