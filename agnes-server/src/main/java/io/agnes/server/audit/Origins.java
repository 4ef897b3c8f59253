// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.audit;

import java.util.function.Supplier;

/**
 * On whose behalf each thread works. A request sets it for its thread, and the registry writes it into the record of a change,
 * in the change's own transaction; so the ports of the registry need not know of the audit.
 */
public final class Origins {
    private final ThreadLocal<Supplier<Origin>> current = ThreadLocal.withInitial(() -> Origins::unknown);

    /** Sets the origin of what this thread does from now on. It is asked for only if something is recorded. */
    public void set(Supplier<Origin> origin) {
        current.set(origin);
    }

    /** Forgets the origin of this thread. */
    public void clear() {
        current.remove();
    }

    private static Origin unknown() {
        return Origin.UNKNOWN;
    }

    /** The origin of what this thread does. */
    public Origin current() {
        return current.get().get();
    }
}
