// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.table;

import java.time.Instant;
import java.util.Optional;

/** Always due. */
enum Always implements Schedule {
    INSTANCE;

    @Override
    public Instant next(Instant after) {
        return after;
    }

    @Override
    public Optional<Instant> latest(Instant until) {
        return Optional.empty();
    }

    @Override
    public String toString() {
        return "0";
    }
}
