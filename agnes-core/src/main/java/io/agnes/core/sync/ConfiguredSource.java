// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import java.io.IOException;

/**
 * A source with its settings, not opened yet.
 *
 * @param <C> the settings record
 */
public record ConfiguredSource<C>(SourceType<C> type, C settings) {
    /** Opens the source. The caller closes it. */
    public TableSource open(SourceEnvironment environment) throws IOException {
        return type.open(settings, environment);
    }

    /** Where its tables come from, for the log; may be empty. */
    public String address() {
        return type.address(settings);
    }
}
