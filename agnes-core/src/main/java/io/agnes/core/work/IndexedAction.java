// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.work;

import java.io.IOException;

/** One of several numbered pieces of work. It ends soon after its thread is interrupted. */
@FunctionalInterface
public interface IndexedAction {
    /** Does the piece with this index. */
    void run(int index) throws IOException, InterruptedException;
}
