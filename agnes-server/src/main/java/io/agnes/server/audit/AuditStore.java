// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.audit;

import java.util.List;

/** Where the chain is kept. A failure is a {@link io.agnes.core.RegistryFailedException}; then nothing was written. */
public interface AuditStore {
    /** Appends records of these events, in order, which are on the disk when this returns. */
    void append(List<AuditEvent> events);

    /** At most so many records behind a sequence, in order. */
    List<AuditRecord> after(long sequence, int limit);

    /** The end of the chain, as the store remembers it apart from the records. */
    AuditHead head();
}
