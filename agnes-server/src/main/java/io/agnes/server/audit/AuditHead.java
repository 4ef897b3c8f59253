// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.audit;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The end of the chain.
 *
 * @param sequence of the last record; 0 if there is none
 * @param hash of the last record
 */
public record AuditHead(long sequence, String hash) {
    /** The head of a chain without records. */
    public static final AuditHead EMPTY = new AuditHead(0, AuditRecord.NONE);

    private static final Pattern TEXT = Pattern.compile("([0-9]{1,18}):([0-9a-f]{64})");

    /** The head of that text; empty if it is none. */
    public static Optional<AuditHead> parse(String text) {
        Matcher parts = TEXT.matcher(text);
        return parts.matches()
                ? Optional.of(new AuditHead(Long.parseLong(parts.group(1)), parts.group(2)))
                : Optional.empty();
    }

    /** Prints as {@code 17:HASH}. */
    @Override
    public String toString() {
        return sequence + ":" + hash;
    }
}
