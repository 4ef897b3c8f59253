// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.core.Time;
import io.agnes.core.sync.Discovery;
import io.agnes.core.sync.RunLog;
import io.agnes.core.sync.SyncEngine;
import io.agnes.core.sync.TablePublisher;
import io.agnes.core.table.TableRegistry;
import io.agnes.server.access.AccessStore;
import io.agnes.server.connection.Limits;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * What the routes stand in front of.
 *
 * @param discovery over the sources that can list their tables
 * @param data the directory below which versions lie
 * @param sourceTypes what a table can come from
 * @param version of this program
 * @param schema of the registry, asked of it
 * @param sources whether each could be reached, by type
 * @param limits what clients may hold of this process
 */
public record Backend(
        TableRegistry registry,
        AccessStore access,
        RunLog runs,
        SyncEngine engine,
        TablePublisher publisher,
        Discovery discovery,
        Path data,
        Set<String> sourceTypes,
        String version,
        IntSupplier schema,
        Supplier<Map<String, SourceState>> sources,
        Limits limits,
        Time time) {}
