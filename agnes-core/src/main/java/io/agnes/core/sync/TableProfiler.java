// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.table.TableProfile;
import java.io.IOException;
import java.nio.file.Path;

/** Measures a published file. Safe for use by several threads; within a memory bound of its own. */
@FunctionalInterface
public interface TableProfiler {
    /** Reads the whole file. Whatever is thrown, the file stays published. */
    TableProfile profile(Path file) throws IOException, InterruptedException;
}
