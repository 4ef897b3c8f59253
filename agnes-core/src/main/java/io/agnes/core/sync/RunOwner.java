// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import java.util.regex.Pattern;

/**
 * Names the process that works on a run. The name stays the same when the process is started again, and differs from the name
 * of every other process that uses the same registry.
 *
 * @param name 1 to 64 of {@code a-z}, {@code 0-9}, {@code .}, {@code _} and {@code -}
 */
public record RunOwner(String name) {
    private static final Pattern PATTERN = Pattern.compile("\\A[a-z0-9._-]{1,64}\\z");

    /** @throws IllegalArgumentException if the name has another form */
    public RunOwner {
        if (!PATTERN.matcher(name).matches()) {
            throw new IllegalArgumentException("the owner of a run is 1 to 64 of a-z, 0-9, '.', '_' and '-'");
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
