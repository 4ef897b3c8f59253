// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.Sha256;
import io.agnes.core.file.FileDraft;
import io.agnes.core.sync.Discovered;
import io.agnes.core.sync.DiscoverySource;
import io.agnes.core.sync.SyncProgress;
import io.agnes.core.sync.TableSource;
import io.agnes.core.table.FieldIdRegistry;
import io.agnes.core.table.TableRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keboola as a source of tables: {@code bucket} and {@code sourceTable} of a record, joined by a dot, are the table's id
 * there; {@code sourceQuery} is an {@link ExportFilter} in JSON, and {@code columnTypes} and {@code emptyAsNull}
 * count more than the settings.
 *
 * <p>The marker is when the table was last imported to and changed, and a digest of what is wanted of it. A table that
 * Keboola gives no times for, and a filter by a time that Keboola works out, such as {@code -2 days}, are exported each
 * time; one with {@code {{today}}} is when the day is another.
 */
public final class KeboolaSource implements TableSource, DiscoverySource {
    /** The type of the tables it brings. */
    public static final String TYPE = "keboola";

    private static final int DIGEST_CHARS = 16;

    private final KeboolaClient client;
    private final KeboolaConfig config;
    private final FieldIdRegistry fieldIds;

    private KeboolaSource(KeboolaConfig config, KeboolaClient client, FieldIdRegistry fieldIds) {
        this.config = config;
        this.client = client;
        this.fieldIds = fieldIds;
    }

    /**
     * The tables of one project.
     *
     * @param client client of that project; the source closes it
     * @param fieldIds the ids that the fields of each table's files get
     */
    public static KeboolaSource of(KeboolaConfig config, KeboolaClient client, FieldIdRegistry fieldIds) {
        return new KeboolaSource(config, client, fieldIds);
    }

    @Override
    public String type() {
        return TYPE;
    }

    /** The stack answers, and knows the token. */
    @Override
    public void checkAccess() throws InterruptedException {
        client.verifyToken();
    }

    /** Checks the filter, and whether the table exists. */
    @Override
    public void check(TableRecord record) throws InterruptedException {
        client.resolved(filter(record));
        client.table(id(record));
    }

    /** Every table of every bucket that the token may see; its id there is the one it would have here. */
    @Override
    public List<Discovered> list() throws InterruptedException {
        List<Discovered> found = new ArrayList<>();
        for (KeboolaBucket bucket : client.buckets()) {
            for (KeboolaTable table : client.tables(bucket.id())) {
                found.add(new Discovered(bucket.id(), table.name(), table.id(), table.id()));
            }
        }
        return found;
    }

    static ExportFilter filter(TableRecord record) {
        return record.sourceQuery() == null ? ExportFilter.ALL : ExportFilter.parse(record.sourceQuery());
    }

    private static String id(TableRecord record) {
        return record.bucket() + "." + record.sourceTable();
    }

    @Override
    public Fetched fetch(TableRecord record, Optional<String> lastMarker, FileDraft draft, SyncProgress progress)
            throws IOException, InterruptedException {
        // Days that move are part of the marker as what they mean today.
        ExportFilter filter = client.resolved(filter(record));
        // Looked up before the export, so that a change during it is seen by the next fetch.
        KeboolaTable table = client.table(id(record));
        KeboolaConfig wanted = wanted(record);
        String marker = marker(table, filter, wanted);
        if (marker != null && lastMarker.equals(Optional.of(marker))) {
            return new Fetched.Unchanged();
        }
        ExportResult result = client.export(table, filter, wanted, draft, fieldIds.of(record.id()), progress);
        return new Fetched.Table(result.rows(), result.digests(), marker, result.notes());
    }

    @Override
    public void close() {
        client.close();
    }

    /** The settings with the table's own conversion of values, where it has one. */
    private KeboolaConfig wanted(TableRecord record) {
        KeboolaConfig wanted = config;
        if (record.columnTypes() != null) {
            wanted = wanted.withColumnTypes(record.columnTypes());
        }
        if (record.emptyAsNull() != null) {
            wanted = wanted.withEmptyAsNull(record.emptyAsNull());
        }
        return wanted;
    }

    private static @Nullable String marker(KeboolaTable table, ExportFilter filter, KeboolaConfig config) {
        if (table.lastImport().isEmpty() || table.lastChange().isEmpty() || moves(filter)) {
            return null;
        }
        String wanted = filter.toJson() + values(config) + table.columnNames();
        return table.lastImport().get() + " " + table.lastChange().get() + " " + digest(wanted);
    }

    /** What becomes of values, all of which is another state once it changes. */
    private static String values(KeboolaConfig config) {
        return switch (config.columnTypes()) {
            case AS_IS -> config.columnTypes().toString();
            case AUTO ->
                config.columnTypes() + " " + config.emptyAsNull() + " " + String.join("\n", config.nullWords());
        };
    }

    /** Absolute times are digits: seconds since 1970, or a date. */
    private static boolean moves(ExportFilter filter) {
        return filter.whereFilters().stream().anyMatch(KeboolaSource::isRelative)
                || filter.changedSince().filter(KeboolaSource::isRelative).isPresent()
                || filter.changedUntil().filter(KeboolaSource::isRelative).isPresent();
    }

    private static boolean isRelative(ExportFilter.Where where) {
        return where.type().equals(Optional.of("TIME_STRING"))
                && where.values().stream().anyMatch(KeboolaSource::isRelative);
    }

    private static boolean isRelative(String time) {
        return time.isEmpty() || !Character.isDigit(time.charAt(0)) || time.contains(" ");
    }

    private static String digest(String text) {
        return Sha256.hex(text).substring(0, DIGEST_CHARS);
    }
}
