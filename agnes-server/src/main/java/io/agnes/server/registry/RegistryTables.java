// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import io.agnes.core.TableId;
import io.agnes.core.file.ContentDigest;
import io.agnes.core.file.FileDigests;
import io.agnes.core.file.StoredDigest;
import io.agnes.core.table.Column;
import io.agnes.core.table.ColumnTypes;
import io.agnes.core.table.EmptyAsNull;
import io.agnes.core.table.QueryMode;
import io.agnes.core.table.Schedule;
import io.agnes.core.table.TableProfile;
import io.agnes.core.table.TableRecord;
import io.agnes.core.table.TableRegistry;
import io.agnes.core.table.TableVersion;
import io.agnes.server.audit.AuditAction;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Tables and their versions in the registry. Tables and current versions are read through a {@link CachedRead}. */
public final class RegistryTables implements TableRegistry {
    private static final String VERSION_COLUMNS =
            "v.table_id, v.sequence, v.path, v.size_bytes, v.md5, v.sha256, v.crc32c, v.row_count, v.columns_json,"
                    + " v.published_at";

    /** Selects the version that is served in place of one in quarantine. */
    private static final String WHOLE_BEFORE = "SELECT NULL AS marker, " + VERSION_COLUMNS + " FROM table_version v"
            + " WHERE v.table_id = ? AND v.sequence < ? AND v.quarantined_at IS NULL ORDER BY v.sequence DESC LIMIT 1";

    private static final String ENTRIES = "SELECT r.*, s.marker, v.quarantined_at, " + VERSION_COLUMNS
            + " FROM table_registry r LEFT JOIN sync_state s ON s.table_id = r.id"
            + " LEFT JOIN table_version v ON v.table_id = s.table_id AND v.sequence = s.sequence";

    /** The tables whose rows go with a removed table; runs keep theirs. */
    private static final List<String> OF_A_TABLE = List.of(
            "table_version",
            "table_profile",
            "table_field_id",
            "table_grant",
            "sync_state",
            "sync_attempt",
            "bq_metadata_cache");

    private record Entries(List<Entry> all, Map<TableId, Entry> byId) {}

    private final Database database;
    private final CachedRead<Entries> entries;

    /** The tables in that database. */
    public RegistryTables(Database database) {
        this.database = database;
        this.entries = new CachedRead<>(database, TableGroup.TABLES, RegistryTables::entries);
    }

    @Override
    public Registration register(TableRecord table) {
        return database.write(session -> {
            Optional<Registration> taken = taken(session, table);
            if (taken.isPresent()) {
                return taken.get();
            }
            insert(session, table);
            session.auditForOrigin(
                    table.registeredBy(),
                    AuditAction.TABLE_REGISTERED,
                    table.id().value());
            return new Registration.Registered();
        });
    }

    private static Optional<Registration> taken(Session session, TableRecord table) throws SQLException {
        List<Registration> found = session.query(
                "SELECT id, id_folded FROM table_registry WHERE id_folded = ? OR name = ? ORDER BY id_folded = ? DESC",
                row -> new Registration.Taken(
                        row.getString("id_folded").equals(table.id().folded()) ? "id" : "name",
                        new TableId(row.getString("id"))),
                table.id().folded(),
                table.name(),
                table.id().folded());
        return found.stream().findFirst();
    }

    @Override
    public Change update(TableRecord table) {
        return database.write(session -> {
            List<TableId> holders = session.query(
                    "SELECT id FROM table_registry WHERE name = ? AND id <> ?",
                    row -> new TableId(row.getString("id")),
                    table.name(),
                    table.id().value());
            if (!holders.isEmpty()) {
                return new Change.NameTaken(holders.getFirst());
            }
            int removed = session.update(
                    "DELETE FROM table_registry WHERE id = ? AND revision = ?",
                    table.id().value(),
                    table.revision() - 1);
            if (removed == 0) {
                return new Change.Outdated();
            }
            insert(session, table);
            session.auditForOrigin("", AuditAction.TABLE_UPDATED, table.id().value());
            return new Change.Changed();
        });
    }

    @Override
    public boolean remove(TableId id) {
        return database.write(session -> {
            for (String table : OF_A_TABLE) {
                session.update("DELETE FROM " + table + " WHERE table_id = ?", id.value());
            }
            boolean removed = session.update("DELETE FROM table_registry WHERE id = ?", id.value()) > 0;
            if (removed) {
                session.auditForOrigin("", AuditAction.TABLE_REMOVED, id.value());
            }
            return removed;
        });
    }

    static void insert(Session session, TableRecord table) throws SQLException {
        session.update(
                """
                INSERT INTO table_registry (id, id_folded, name, description, folder, source_type, bucket, source_table,
                    source_query, query_mode, schedule, column_types, empty_as_null, allow_empty, primary_key,
                    profile, registered_by, registered_at, updated_at, revision)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, CAST(CAST(? AS JSON) AS VARCHAR[]), ?, ?, ?, ?, ?)""",
                table.id().value(),
                table.id().folded(),
                table.name(),
                table.description(),
                table.folder(),
                table.sourceType(),
                table.bucket(),
                table.sourceTable(),
                table.sourceQuery(),
                table.queryMode().text(),
                table.schedule() == null ? null : table.schedule().toString(),
                table.columnTypes() == null ? null : table.columnTypes().text(),
                table.emptyAsNull() == null ? null : table.emptyAsNull().text(),
                table.allowEmpty(),
                Json.createArrayBuilder(table.primaryKey()).build().toString(),
                table.profile(),
                table.registeredBy(),
                table.registeredAt(),
                table.updatedAt(),
                table.revision());
    }

    @Override
    public Optional<Entry> find(TableId id) {
        return Optional.ofNullable(entries.get().byId().get(id));
    }

    @Override
    public List<Entry> all() {
        return entries.get().all();
    }

    private static Entries entries(Session session) throws SQLException {
        ColumnLists columns = new ColumnLists();
        List<Entry> all = new ArrayList<>();
        for (Entry entry : session.query(ENTRIES + " ORDER BY r.id", row -> entry(row, columns))) {
            all.add(entry.quarantined().isPresent() ? withPredecessor(session, entry, columns) : entry);
        }
        return new Entries(
                List.copyOf(all),
                all.stream().collect(Collectors.toMap(entry -> entry.table().id(), Function.identity())));
    }

    private static Entry withPredecessor(Session session, Entry entry, ColumnLists columns) throws SQLException {
        List<TableVersion> before = session.query(
                WHOLE_BEFORE,
                row -> version(row, columns),
                entry.table().id().value(),
                entry.quarantined().orElseThrow().sequence());
        return new Entry(entry.table(), before.stream().findFirst(), entry.quarantined());
    }

    @Override
    public void publish(TableVersion version) {
        database.write(session -> {
            requireRegistered(session, version.table());
            insert(session, version);
            int moved = session.update("""
                    INSERT INTO sync_state (table_id, sequence, marker) VALUES (?, ?, ?)
                    ON CONFLICT (table_id) DO UPDATE SET sequence = excluded.sequence, marker = excluded.marker
                    WHERE excluded.sequence > sync_state.sequence""", version.table().value(), version.sequence(), version.marker());
            if (moved != 1) {
                throw new SQLException("the pointer of " + version.table() + " may only move forward");
            }
            return moved;
        });
    }

    /** A user may remove a table while a run syncs it. */
    static void requireRegistered(Session session, TableId table) throws SQLException {
        boolean there = !session.query("SELECT 1 FROM table_registry WHERE id = ?", row -> true, table.value())
                .isEmpty();
        if (!there) {
            throw new SQLException("table " + table + " is not registered any more");
        }
    }

    private static void insert(Session session, TableVersion version) throws SQLException {
        DigestColumns digest = DigestColumns.of(version.digest());
        session.update(
                """
                INSERT INTO table_version (table_id, sequence, path, size_bytes, md5, sha256, crc32c, row_count,
                    columns_json, published_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                version.table().value(),
                version.sequence(),
                version.name(),
                version.digest().length(),
                digest.md5(),
                digest.sha256(),
                digest.crc32c(),
                version.rows(),
                json(version.columns()),
                version.publishedAt());
    }

    @Override
    public void mark(TableId table, @Nullable String marker) {
        database.write(session ->
                session.update("UPDATE sync_state SET marker = ? WHERE table_id = ?", marker, table.value()));
    }

    @Override
    public void keep(TableVersion version, TableProfile profile) {
        database.write(session -> session.update(
                "INSERT OR REPLACE INTO table_profile (table_id, sequence, profile_json) VALUES (?, ?, ?)",
                version.table().value(),
                version.sequence(),
                ProfileJson.of(profile).toString()));
    }

    @Override
    public Optional<TableProfile> profile(TableId table) {
        List<TableProfile> found = database.read(
                session -> session.query("""
                SELECT profile_json FROM table_profile p JOIN sync_state s USING (table_id, sequence)
                JOIN table_version v USING (table_id, sequence) WHERE p.table_id = ? AND v.quarantined_at IS NULL""", row -> ProfileJson.parse(row.getString("profile_json")), table.value()));
        return found.stream().findFirst();
    }

    @Override
    public void quarantine(TableVersion version, Instant at) {
        database.write(session -> {
            int changed = session.update("""
                    UPDATE table_version SET quarantined_at = ?
                    WHERE table_id = ? AND sequence = ? AND quarantined_at IS NULL""", at, version.table().value(), version.sequence());
            if (changed > 0) {
                session.update(
                        "UPDATE sync_state SET marker = NULL WHERE table_id = ?",
                        version.table().value());
            }
            return changed;
        });
    }

    @Override
    public void forget(TableVersion version) {
        database.write(session -> {
            int dropped = 0;
            for (String table : List.of("table_profile", "table_version")) {
                dropped = session.update(
                        "DELETE FROM " + table + " WHERE table_id = ? AND sequence = ?",
                        version.table().value(),
                        version.sequence());
            }
            return dropped;
        });
    }

    @Override
    public List<TableVersion> versions() {
        ColumnLists columns = new ColumnLists();
        return database.read(session -> session.query(
                "SELECT NULL AS marker, " + VERSION_COLUMNS + " FROM table_version v", row -> version(row, columns)));
    }

    private static Entry entry(ResultSet row, ColumnLists columns) throws SQLException {
        TableRecord table = TableRecord.builder(new TableId(row.getString("id")), row.getString("source_type"))
                .name(row.getString("name"))
                .description(row.getString("description"))
                .folder(row.getString("folder"))
                .bucket(row.getString("bucket"))
                .sourceTable(row.getString("source_table"))
                .sourceQuery(row.getString("source_query"))
                .queryMode(QueryMode.parse(row.getString("query_mode")).orElseThrow())
                .schedule(schedule(row.getString("schedule")))
                .columnTypes(columnTypes(row.getString("column_types")))
                .emptyAsNull(emptyAsNull(row.getString("empty_as_null")))
                .allowEmpty(row.getBoolean("allow_empty"))
                .primaryKey(Statements.strings(row, "primary_key"))
                .profile(row.getBoolean("profile"))
                .registered(row.getString("registered_by"), Statements.instant(row, "registered_at"))
                .revision(row.getLong("revision"), Statements.instant(row, "updated_at"))
                .build();
        if (row.getString("path") == null) {
            return new Entry(table, Optional.empty());
        }
        Optional<TableVersion> newest = Optional.of(version(row, columns));
        return Statements.nullableInstant(row, "quarantined_at") == null
                ? new Entry(table, newest)
                : new Entry(table, Optional.empty(), newest);
    }

    private static @Nullable Schedule schedule(@Nullable String text) {
        return text == null ? null : Schedule.parse(text);
    }

    private static @Nullable ColumnTypes columnTypes(@Nullable String text) {
        return text == null ? null : ColumnTypes.parse(text).orElseThrow();
    }

    private static @Nullable EmptyAsNull emptyAsNull(@Nullable String text) {
        return text == null ? null : EmptyAsNull.parse(text).orElseThrow();
    }

    private static TableVersion version(ResultSet row, ColumnLists columns) throws SQLException {
        return new TableVersion(
                new TableId(row.getString("table_id")),
                row.getLong("sequence"),
                row.getString("path"),
                DigestColumns.read(row),
                row.getLong("row_count"),
                columns.of(row.getString("columns_json")),
                Statements.instant(row, "published_at"),
                row.getString("marker"));
    }

    /** The columns for the digest of a version: MD5 and SHA-256 of bytes that were read, or the CRC32C of a store. */
    private record DigestColumns(
            @Nullable String md5,
            @Nullable String sha256,
            @Nullable String crc32c) {
        static DigestColumns of(ContentDigest digest) {
            return switch (digest) {
                case FileDigests read -> new DigestColumns(read.md5(), read.sha256(), null);
                case StoredDigest stored -> new DigestColumns(null, null, stored.crc32c());
            };
        }

        static ContentDigest read(ResultSet row) throws SQLException {
            long length = row.getLong("size_bytes");
            String crc32c = row.getString("crc32c");
            return crc32c == null
                    ? new FileDigests(length, row.getString("md5"), row.getString("sha256"))
                    : new StoredDigest(length, crc32c);
        }
    }

    private static String json(List<Column> columns) {
        JsonArrayBuilder array = Json.createArrayBuilder();
        columns.forEach(column ->
                array.add(Json.createObjectBuilder().add("name", column.name()).add("type", column.type())));
        return array.build().toString();
    }

    /** The column lists of one query. Versions of a table mostly have the same columns, and parsing them takes most of the time of a row. */
    private static final class ColumnLists {
        private final Map<String, List<Column>> read = new HashMap<>();

        List<Column> of(String json) {
            return read.computeIfAbsent(json, ColumnLists::read);
        }

        private static List<Column> read(String json) {
            try (JsonReader reader = Json.createReader(new StringReader(json))) {
                return reader.readArray().getValuesAs(JsonObject.class).stream()
                        .map(column -> new Column(column.getString("name"), column.getString("type")))
                        .toList();
            }
        }
    }
}
