// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.upstream;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads the {@code system.duckdb} of Agnes for Python. The file is attached read-only to a database in memory, which replays a
 * write-ahead log beside it and changes neither. It is an error if a program has the file open for writing.
 */
public final class UpstreamDatabase {
    private static final int MOST_ROWS = 100_000;
    private static final Pattern HOLDER = Pattern.compile("\\(PID ([0-9]+)\\)");

    private final Path file;
    private final Statement statement;
    private final UpstreamSchema schema;

    private UpstreamDatabase(Path file, Statement statement) throws SQLException {
        this.file = file;
        this.statement = statement;
        this.schema = schema();
    }

    /** One row of a result, at the cursor. */
    private interface Row<T> {
        T of(ResultSet row) throws SQLException;
    }

    /**
     * Reads the whole database, up to 100,000 rows of each kind.
     *
     * @throws UpstreamException {@code upstream_missing}, {@code upstream_held}, {@code upstream_unreadable},
     *     {@code upstream_version}, {@code upstream_column_missing} or {@code upstream_too_large}
     */
    public static UpstreamData read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw UpstreamException.missing(file);
        }
        try (Connection memory = DriverManager.getConnection("jdbc:duckdb:", settings());
                Statement statement = memory.createStatement()) {
            String path = file.toAbsolutePath().toString().replace("'", "''");
            statement.execute("ATTACH '" + path + "' AS upstream (TYPE duckdb, READ_ONLY)");
            statement.execute("SET enable_external_access = false");
            statement.execute("SET lock_configuration = true");
            return new UpstreamDatabase(file, statement).data();
        } catch (SQLException e) {
            throw explained(file, e);
        }
    }

    private static Properties settings() {
        Properties settings = new Properties();
        settings.setProperty("autoinstall_known_extensions", "false");
        settings.setProperty("autoload_known_extensions", "false");
        settings.setProperty("allow_community_extensions", "false");
        settings.setProperty("memory_limit", "256MB");
        settings.setProperty("threads", "1");
        settings.setProperty("temp_directory", "");
        return settings;
    }

    private static UpstreamException explained(Path file, SQLException e) {
        String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        if (message.contains("Could not set lock")) {
            Matcher holder = HOLDER.matcher(message);
            return UpstreamException.held(file, holder.find() ? "process " + holder.group(1) : "another process", e);
        }
        boolean foreign = message.contains("not a valid DuckDB database file");
        return UpstreamException.unreadable(file, foreign ? "it is not a DuckDB file" : message, e);
    }

    private UpstreamSchema schema() throws SQLException {
        List<String> columns = rows("duckdb_columns", """
                SELECT table_name || '.' || column_name AS name FROM duckdb_columns()
                WHERE database_name = 'upstream' AND schema_name = 'main' AND table_name IN (
                    SELECT table_name FROM duckdb_tables() WHERE database_name = 'upstream' AND schema_name = 'main')""", row -> row.getString("name"));
        if (!columns.contains("schema_version.version")) {
            throw UpstreamException.versionMissing(file);
        }
        int version = rows(
                        "schema_version",
                        "SELECT max(CAST(version AS INTEGER)) AS version FROM upstream.schema_version",
                        row -> Optional.ofNullable(row.getObject("version", Integer.class)))
                .getFirst()
                .orElseThrow(() -> UpstreamException.versionMissing(file));
        if (version < UpstreamSchema.OLDEST) {
            throw UpstreamException.tooOld(file, version);
        }
        UpstreamSchema found = new UpstreamSchema(version, new TreeSet<>(columns));
        found.missing().ifPresent(column -> {
            throw UpstreamException.columnMissing(file, version, column);
        });
        return found;
    }

    private UpstreamData data() throws SQLException {
        return new UpstreamData(
                schema.version(),
                tables(),
                rows(
                        "sync_state",
                        select("sync_state", "table_id", "last_sync", "hash", "parts"),
                        UpstreamDatabase::sync),
                rows("users", select("users", "id", "email", "active"), UpstreamDatabase::user),
                rows(
                        "user_groups",
                        select("user_groups", "id", "name"),
                        row -> new UpstreamData.Group(text(row, "id"), text(row, "name"))),
                rows(
                        "user_group_members",
                        select("user_group_members", "user_id", "group_id"),
                        row -> new UpstreamData.Member(text(row, "user_id"), text(row, "group_id"))),
                rows(
                        "resource_grants",
                        select("resource_grants", "group_id", "resource_type", "resource_id"),
                        row -> new UpstreamData.Grant(
                                text(row, "group_id"), text(row, "resource_type"), text(row, "resource_id"))),
                schema.hasPackages() ? Optional.of(packages()) : Optional.empty());
    }

    /** Reads every value as text; a missing column is null. */
    private String select(String table, String... columns) {
        List<String> list = new ArrayList<>();
        for (String column : columns) {
            String value = schema.has(table + "." + column) ? '"' + column + '"' : "NULL";
            list.add("CAST(" + value + " AS VARCHAR) AS \"" + column + '"');
        }
        return "SELECT " + String.join(", ", list) + " FROM upstream." + table + " ORDER BY ALL";
    }

    private <T> List<T> rows(String table, String sql, Row<T> row) throws SQLException {
        List<T> found = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                if (found.size() == MOST_ROWS) {
                    throw UpstreamException.tooLarge(file, table, MOST_ROWS);
                }
                found.add(row.of(rows));
            }
        }
        return found;
    }

    private List<UpstreamData.Table> tables() throws SQLException {
        List<String> defaults = schema.has("source_connections.is_default")
                ? rows(
                        "source_connections",
                        select("source_connections", "id", "is_default"),
                        row -> isTrue(row, "is_default") ? text(row, "id") : "")
                : List.of();
        String sql = select(
                "table_registry",
                "id",
                "name",
                "source_type",
                "bucket",
                "source_table",
                "source_query",
                "query_mode",
                "sync_strategy",
                "sync_schedule",
                "profile_after_sync",
                "primary_key",
                "folder",
                "description",
                "registered_by",
                "registered_at",
                "where_filters",
                "bq_fqn",
                "connection_id",
                "server_only",
                "access_policy_sql");
        return rows("table_registry", sql, row -> table(row, defaults));
    }

    private static UpstreamData.Table table(ResultSet row, List<String> defaultConnections) throws SQLException {
        String connection = some(row, "connection_id");
        return new UpstreamData.Table(
                text(row, "id"),
                text(row, "name"),
                some(row, "source_type"),
                some(row, "bucket"),
                some(row, "source_table"),
                some(row, "source_query"),
                some(row, "query_mode"),
                some(row, "sync_strategy"),
                some(row, "sync_schedule"),
                isTrue(row, "profile_after_sync"),
                some(row, "primary_key"),
                some(row, "folder"),
                some(row, "description"),
                some(row, "registered_by"),
                instant(row, "registered_at"),
                some(row, "where_filters"),
                some(row, "bq_fqn"),
                connection == null || defaultConnections.contains(connection) ? null : connection,
                isTrue(row, "server_only"),
                row.getString("access_policy_sql") != null);
    }

    private static UpstreamData.Sync sync(ResultSet row) throws SQLException {
        String parts = some(row, "parts");
        return new UpstreamData.Sync(
                text(row, "table_id"),
                instant(row, "last_sync"),
                some(row, "hash"),
                parts != null && !parts.equals("[]") && !parts.equals("null"));
    }

    /** A user without the mark is inactive. */
    private static UpstreamData.User user(ResultSet row) throws SQLException {
        return new UpstreamData.User(text(row, "id"), text(row, "email"), isTrue(row, "active"));
    }

    private List<UpstreamData.Bundle> packages() throws SQLException {
        Map<String, List<String>> tables = rows(
                        "data_package_tables",
                        select("data_package_tables", "package_id", "table_id"),
                        row -> List.of(text(row, "package_id"), text(row, "table_id")))
                .stream()
                .collect(Collectors.groupingBy(List::getFirst, Collectors.mapping(List::getLast, Collectors.toList())));
        return rows("data_packages", select("data_packages", "id", "name", "status", "deleted_at"), row -> {
            String id = text(row, "id");
            return new UpstreamData.Bundle(id, text(row, "name"), inForce(row), tables.getOrDefault(id, List.of()));
        });
    }

    private static boolean inForce(ResultSet row) throws SQLException {
        String status = some(row, "status");
        return some(row, "deleted_at") == null
                && (status == null || !List.of("draft", "coming-soon").contains(status.toLowerCase(Locale.ROOT)));
    }

    private static String text(ResultSet row, String column) throws SQLException {
        String found = row.getString(column);
        return found == null ? "" : found;
    }

    /** The text, unless it is missing or blank. */
    private static @Nullable String some(ResultSet row, String column) throws SQLException {
        String found = row.getString(column);
        return found == null || found.isBlank() ? null : found;
    }

    /** The time; null if the value is no time, as infinity. */
    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        String found = some(row, column);
        try {
            return found == null
                    ? null
                    : LocalDateTime.parse(found.replace(' ', 'T'))
                            .toInstant(ZoneOffset.UTC)
                            .truncatedTo(ChronoUnit.MICROS);
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    private static boolean isTrue(ResultSet row, String column) throws SQLException {
        return "true".equals(row.getString(column));
    }
}
