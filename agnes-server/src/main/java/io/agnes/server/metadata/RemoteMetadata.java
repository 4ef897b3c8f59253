// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.metadata;

import io.agnes.bigquery.BigQueryConfig;
import io.agnes.bigquery.metadata.BigQueryDiscovery;
import io.agnes.bigquery.metadata.BigQueryRegistration;
import io.agnes.bigquery.metadata.Freshness;
import io.agnes.bigquery.metadata.MetadataCache;
import io.agnes.bigquery.metadata.MetadataClient;
import io.agnes.bigquery.metadata.MetadataRefresh;
import io.agnes.core.TableId;
import io.agnes.core.Time;
import io.agnes.core.sync.ConfiguredSource;
import io.agnes.core.table.QueryMode;
import io.agnes.core.table.TableRecord;
import io.agnes.core.table.TableRegistry;
import io.agnes.server.settings.Sources;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The metadata of registered tables that stay in BigQuery. They are read from the cache, and refreshed if BigQuery is
 * configured. Safe for use by several threads.
 */
public final class RemoteMetadata implements AutoCloseable {
    private final MetadataCache cache;
    private final TableRegistry tables;
    private final Time time;
    private final Optional<Connection> connection;

    /** The access to BigQuery. */
    private record Connection(BigQueryConfig config, MetadataClient client, MetadataRefresh refresh) {}

    private RemoteMetadata(Optional<BigQueryConfig> config, TableRegistry tables, MetadataCache cache, Time time) {
        this.cache = cache;
        this.tables = tables;
        this.time = time;
        this.connection = config.map(this::connected);
    }

    /** The metadata of the tables of this registry. Nothing is asked yet. */
    public static RemoteMetadata of(Sources sources, TableRegistry tables, MetadataCache cache, Time time) {
        Optional<BigQueryConfig> config = sources.configured().stream()
                .map(ConfiguredSource::settings)
                .filter(BigQueryConfig.class::isInstance)
                .map(BigQueryConfig.class::cast)
                .findFirst();
        return new RemoteMetadata(config, tables, cache, time);
    }

    private Connection connected(BigQueryConfig config) {
        MetadataClient client = MetadataClient.of(config, time);
        return new Connection(
                config,
                client,
                new MetadataRefresh(
                        client::table,
                        cache,
                        () -> targets(config.project()),
                        config.metadataRefreshConcurrency(),
                        time));
    }

    private List<MetadataRefresh.Target> targets(String project) {
        return tables.all().stream()
                .map(entry -> target(entry.table(), project))
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<MetadataRefresh.Target> target(TableRecord table, String project) {
        return isRemote(table)
                ? BigQueryRegistration.table(table, project).map(place -> new MetadataRefresh.Target(table.id(), place))
                : Optional.empty();
    }

    /** Whether the table is one of BigQuery that is not copied, and therefore has metadata. */
    public static boolean isRemote(TableRecord table) {
        return table.queryMode() == QueryMode.REMOTE && table.sourceType().equals(BigQueryDiscovery.TYPE);
    }

    /** The refresh of all tables or of one; empty if BigQuery is not configured. */
    public Optional<MetadataRefresh> refresh() {
        return connection.map(Connection::refresh);
    }

    /** The table as a refresh takes it; empty if it is not remote, or BigQuery is not configured. */
    public Optional<MetadataRefresh.Target> target(TableRecord table) {
        return connection.flatMap(open -> target(table, open.config().project()));
    }

    /** The time between two refreshes; zero if there are none. */
    public Duration interval() {
        return connection.map(open -> open.config().metadataRefreshInterval()).orElse(Duration.ZERO);
    }

    /** What is stored of a table, and how far it can be relied on now. */
    public RemoteTable find(TableId table) {
        Optional<MetadataCache.Entry> entry = cache.find(table);
        return new RemoteTable(
                entry.flatMap(MetadataCache.Entry::known),
                entry.flatMap(MetadataCache.Entry::failure),
                Freshness.of(entry, interval(), time.now()));
    }

    @Override
    public void close() {
        connection.ifPresent(open -> open.client().close());
    }
}
