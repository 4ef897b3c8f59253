// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import io.agnes.bigquery.BigQueryTable;
import io.agnes.bigquery.metadata.EntityType;
import io.agnes.bigquery.metadata.MetadataCache;
import io.agnes.bigquery.metadata.MetadataColumn;
import io.agnes.bigquery.metadata.Partitioning;
import io.agnes.bigquery.metadata.StreamingBuffer;
import io.agnes.bigquery.metadata.TableMetadata;
import io.agnes.core.TableId;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import java.io.StringReader;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The metadata of BigQuery tables in the registry. All of them are read through one {@link CachedRead}. */
public final class RegistryMetadataCache implements MetadataCache {
    private record Entries(List<Entry> all, Map<TableId, Entry> byId) {}

    private final Database database;
    private final CachedRead<Entries> entries;

    /** The metadata in that database. */
    public RegistryMetadataCache(Database database) {
        this.database = database;
        this.entries = new CachedRead<>(database, TableGroup.METADATA, RegistryMetadataCache::entries);
    }

    @Override
    public Optional<Entry> find(TableId table) {
        return Optional.ofNullable(entries.get().byId().get(table));
    }

    @Override
    public List<Entry> all() {
        return entries.get().all();
    }

    private static Entries entries(Session session) throws SQLException {
        List<Entry> all =
                session.query("SELECT * FROM bq_metadata_cache ORDER BY table_id", RegistryMetadataCache::entry);
        return new Entries(
                List.copyOf(all),
                all.stream().collect(Collectors.toUnmodifiableMap(Entry::table, Function.identity())));
    }

    @Override
    public void store(TableId table, Known known) {
        TableMetadata metadata = known.metadata();
        @Nullable StreamingBuffer buffer = metadata.streamingBuffer().orElse(null);
        database.write(session -> session.update(
                """
                INSERT OR REPLACE INTO bq_metadata_cache (table_id, refreshed_at, bigquery_name, entity_type, row_count,
                    size_bytes, partition_by, clustered_by, columns_json, buffered_rows, buffered_bytes, buffered_from,
                    etag, last_modified, location, description, error_code, error_msg, error_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL)""",
                table.value(),
                known.refreshedAt(),
                metadata.table().toString(),
                metadata.entityType().name(),
                metadata.rows(),
                metadata.bytes(),
                metadata.partitioning().map(Partitioning::text).orElse(null),
                Json.createArrayBuilder(metadata.clusteredBy()).build().toString(),
                json(metadata.columns()),
                buffer == null ? null : buffer.estimatedRows(),
                buffer == null ? null : buffer.estimatedBytes(),
                buffer == null ? null : buffer.oldest().orElse(null),
                metadata.etag(),
                metadata.lastModified(),
                metadata.location(),
                metadata.description()));
    }

    @Override
    public void fail(TableId table, Failure failure) {
        database.write(session -> session.update("""
                INSERT INTO bq_metadata_cache (table_id, error_code, error_msg, error_at) VALUES (?, ?, ?, ?)
                ON CONFLICT (table_id) DO UPDATE SET error_code = excluded.error_code, error_msg = excluded.error_msg,
                    error_at = excluded.error_at""", table.value(), failure.code(), failure.message(), failure.at()));
    }

    @Override
    public void remove(TableId table) {
        database.write(session -> session.update("DELETE FROM bq_metadata_cache WHERE table_id = ?", table.value()));
    }

    @Override
    public void retain(Set<TableId> tables) {
        String kept = Json.createArrayBuilder(
                        tables.stream().map(TableId::value).toList())
                .build()
                .toString();
        database.write(session -> session.update(
                "DELETE FROM bq_metadata_cache WHERE NOT list_contains(CAST(CAST(? AS JSON) AS VARCHAR[]), table_id)",
                kept));
    }

    private static Entry entry(ResultSet row) throws SQLException {
        Instant refreshedAt = Statements.nullableInstant(row, "refreshed_at");
        Instant failedAt = Statements.nullableInstant(row, "error_at");
        return new Entry(
                new TableId(row.getString("table_id")),
                refreshedAt == null ? Optional.empty() : Optional.of(new Known(metadata(row), refreshedAt)),
                failedAt == null
                        ? Optional.empty()
                        : Optional.of(new Failure(row.getString("error_code"), row.getString("error_msg"), failedAt)));
    }

    private static TableMetadata metadata(ResultSet row) throws SQLException {
        return new TableMetadata(
                BigQueryTable.parse(row.getString("bigquery_name")).orElseThrow(),
                EntityType.valueOf(row.getString("entity_type")),
                number(row, "row_count"),
                number(row, "size_bytes"),
                Optional.ofNullable(row.getString("partition_by")).flatMap(Partitioning::parse),
                texts(row.getString("clustered_by")),
                columns(row.getString("columns_json")),
                buffer(row),
                row.getString("etag"),
                Statements.nullableInstant(row, "last_modified"),
                row.getString("location"),
                row.getString("description"));
    }

    private static Optional<StreamingBuffer> buffer(ResultSet row) throws SQLException {
        Long rows = number(row, "buffered_rows");
        Long bytes = number(row, "buffered_bytes");
        return rows == null || bytes == null
                ? Optional.empty()
                : Optional.of(new StreamingBuffer(
                        rows, bytes, Optional.ofNullable(Statements.nullableInstant(row, "buffered_from"))));
    }

    private static @Nullable Long number(ResultSet row, String column) throws SQLException {
        long number = row.getLong(column);
        return row.wasNull() ? null : number;
    }

    private static String json(List<MetadataColumn> columns) {
        JsonArrayBuilder array = Json.createArrayBuilder();
        columns.forEach(column -> array.add(Json.createObjectBuilder()
                .add("name", column.name())
                .add("type", column.type())
                .add("required", column.required())
                .add("description", column.description())));
        return array.build().toString();
    }

    private static List<MetadataColumn> columns(String json) {
        try (JsonReader reader = Json.createReader(new StringReader(json))) {
            return reader.readArray().getValuesAs(JsonObject.class).stream()
                    .map(column -> new MetadataColumn(
                            column.getString("name"),
                            column.getString("type"),
                            column.getBoolean("required"),
                            column.getString("description")))
                    .toList();
        }
    }

    private static List<String> texts(String json) {
        try (JsonReader reader = Json.createReader(new StringReader(json))) {
            return reader.readArray().getValuesAs(JsonString.class).stream()
                    .map(JsonString::getString)
                    .toList();
        }
    }
}
