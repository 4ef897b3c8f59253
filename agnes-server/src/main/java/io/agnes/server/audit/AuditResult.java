// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.audit;

import java.util.Locale;

/** How something ended. */
public enum AuditResult {
    /** It was done. */
    OK,
    /** It was refused, and nothing was changed. */
    REFUSED,
    /** It failed. */
    FAILED;

    /** The word in records. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
