// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.Time;
import io.agnes.core.file.FileStore;
import java.nio.file.Path;

/**
 * What a server lends to its sources.
 *
 * @param files writes files
 * @param dataDirectory the data directory; a source only reads there
 * @param time clock and waiting
 */
public record SourceEnvironment(FileStore files, Path dataDirectory, Time time) {}
