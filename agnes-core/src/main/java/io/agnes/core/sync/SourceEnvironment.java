// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.Time;
import io.agnes.core.file.FileStore;
import io.agnes.core.table.FieldIdRegistry;
import java.nio.file.Path;

/**
 * What a server lends to its sources.
 *
 * @param files writes files
 * @param dataDirectory the data directory; a source only reads there
 * @param time clock and waiting
 * @param fieldIds the ids of the fields of each table. A source that writes them itself, by {@code FileAssembly}, spares the
 *     publisher a second reading of the file
 */
public record SourceEnvironment(FileStore files, Path dataDirectory, Time time, FieldIdRegistry fieldIds) {}
