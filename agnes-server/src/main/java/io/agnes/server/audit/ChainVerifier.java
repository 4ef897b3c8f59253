// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.audit;

import java.util.Optional;

/** Verifies a chain, record by record. Not safe for use by several threads. */
public final class ChainVerifier {
    private AuditHead last = AuditHead.EMPTY;

    /**
     * Takes the next record, and returns what is wrong with it; empty if it is the right one. After something was wrong the
     * verifier is of no more use.
     */
    public Optional<String> next(AuditRecord record) {
        long due = last.sequence() + 1;
        if (record.sequence() != due) {
            return Optional.of("record " + due + " is missing: record " + record.sequence() + " stands in its place");
        }
        if (!record.previous().equals(last.hash())) {
            return Optional.of("record " + due + " does not follow record " + last.sequence()
                    + ": one of them was changed or replaced");
        }
        if (!record.hash().equals(record.computed())) {
            return Optional.of("record " + due + " was changed: its hash is not that of its content");
        }
        last = new AuditHead(record.sequence(), record.hash());
        return Optional.empty();
    }

    /** What is wrong with the end of the chain; empty if it ends where it should. */
    public Optional<String> end(AuditHead expected) {
        if (last.equals(expected)) {
            return Optional.empty();
        }
        return Optional.of("the last record is " + last.sequence() + ", and the end should be record "
                + expected.sequence() + " with hash " + expected.hash());
    }

    /** The last record that was right. */
    public AuditHead last() {
        return last;
    }
}
