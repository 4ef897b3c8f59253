// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.work;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Work with a result. It ends soon after its thread is interrupted. */
@FunctionalInterface
public interface Work<T extends @Nullable Object> {
    /** Does the work. */
    T call() throws IOException, InterruptedException;
}
