// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.table.TableProfile;
import java.io.IOException;
import java.nio.file.Path;

/** Measures a published file within a bound of memory. Safe for use by several threads. */
@FunctionalInterface
public interface TableProfiler {
    /** Reads the whole file. The file stays published after a failure. */
    TableProfile profile(Path file) throws IOException, InterruptedException;
}
