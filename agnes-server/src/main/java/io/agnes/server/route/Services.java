// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.core.Time;
import io.agnes.core.sync.Discovery;
import io.agnes.core.sync.RunLog;
import io.agnes.core.sync.SyncEngine;
import io.agnes.core.sync.TablePublisher;
import io.agnes.core.table.TableRegistry;
import io.agnes.server.access.AccessStore;
import io.agnes.server.audit.Audit;
import io.agnes.server.audit.Usage;
import io.agnes.server.backup.Backups;
import io.agnes.server.connection.Limits;
import io.agnes.server.metadata.RemoteMetadata;
import io.agnes.server.settings.Sources;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * The services that routes call.
 *
 * @param discovery asks the sources that can list their tables
 * @param metadata metadata of tables that stay in BigQuery
 * @param backups makes backups of the registry
 * @param data the data directory, which holds the versions
 * @param sources the types that tables can be registered with
 * @param version version of this program
 * @param schema asks the registry for the version of its schema
 * @param sourceStates whether each source could be reached, by type
 * @param limits bounds on connections, requests and downloads
 */
public record Services(
        TableRegistry registry,
        AccessStore access,
        Audit audit,
        Usage usage,
        RunLog runs,
        SyncEngine engine,
        TablePublisher publisher,
        Discovery discovery,
        RemoteMetadata metadata,
        Backups backups,
        Path data,
        Sources sources,
        String version,
        IntSupplier schema,
        Supplier<Map<String, SourceState>> sourceStates,
        Limits limits,
        Time time) {}
