// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.audit;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Verifies a chain, record by record. Not safe for use by several threads. */
public final class ChainVerifier {
    private final List<AuditHead> expected;
    private AuditHead last = AuditHead.EMPTY;

    /** @param expected ends that the chain had at some time, and so must pass */
    public ChainVerifier(List<AuditHead> expected) {
        this.expected = List.copyOf(expected);
    }

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
        return expected.stream()
                .filter(head -> head.sequence() == last.sequence() && !head.equals(last))
                .findFirst()
                .map(head -> "record " + due + " was replaced: its hash was " + head.hash() + " before");
    }

    /**
     * What is wrong with the end of the chain; empty if it ends there or later.
     *
     * @param head the end of the chain before the records were read
     */
    public Optional<String> end(AuditHead head) {
        return Stream.concat(Stream.of(head), expected.stream())
                .filter(other -> other.sequence() > last.sequence()
                        || (other.sequence() == last.sequence() && !other.equals(last)))
                .findFirst()
                .map(other -> "records are missing at the end: the last one is " + last.sequence() + ", and there was "
                        + other.sequence() + " with hash " + other.hash());
    }

    /** The last record that was right. */
    public AuditHead last() {
        return last;
    }
}
