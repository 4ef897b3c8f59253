// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.audit;

/**
 * The end of the chain.
 *
 * @param sequence of the last record; 0 if there is none
 * @param hash of the last record
 */
public record AuditHead(long sequence, String hash) {
    /** The head of a chain without records. */
    public static final AuditHead EMPTY = new AuditHead(0, AuditRecord.NONE);

    /** Prints as {@code 17:HASH}. */
    @Override
    public String toString() {
        return sequence + ":" + hash;
    }
}
