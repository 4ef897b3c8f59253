// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.work;

import java.io.IOException;

/** Work without a result. It ends soon after its thread is interrupted. */
@FunctionalInterface
public interface Action {
    /** Does the work. */
    void run() throws IOException, InterruptedException;
}
