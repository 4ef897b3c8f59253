// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The tables of the registry in groups. Each group has a change number, which tells a {@link CachedRead} whether it is still
 * valid. The group is derived from the statement that writes, so no writer can forget to name it.
 */
enum TableGroup {
    /** Tables and the pointers to their versions. */
    TABLES,
    /** Users, groups, grants and tokens. */
    ACCESS,
    /** Runs, their outcomes and the last attempts. */
    RUNS,
    /** Metadata of BigQuery tables. */
    METADATA,
    /** Tables that no cached read uses. */
    UNCACHED;

    private static final Pattern TARGET = Pattern.compile(
            "\\s*(?:INSERT(?:\\s+OR\\s+REPLACE)?\\s+INTO|UPDATE|DELETE\\s+FROM)\\s+(\\w+)\\b.*",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    /** The groups that a statement writes; every group if the statement or its table is unknown. */
    static Set<TableGroup> written(String sql) {
        Matcher target = TARGET.matcher(sql);
        if (!target.matches()) {
            return EnumSet.allOf(TableGroup.class);
        }
        Set<TableGroup> groups = of(target.group(1));
        return groups.isEmpty() ? EnumSet.allOf(TableGroup.class) : groups;
    }

    /** The group that a table belongs to; empty for an unknown table. */
    static Set<TableGroup> of(String table) {
        return switch (table) {
            case "table_registry", "table_version", "sync_state" -> EnumSet.of(TABLES);
            case "app_user", "user_group", "group_member", "table_grant", "access_token" -> EnumSet.of(ACCESS);
            case "sync_run", "sync_run_table", "sync_attempt" -> EnumSet.of(RUNS);
            case "bq_metadata_cache" -> EnumSet.of(METADATA);
            case "table_profile",
                    "table_field_id",
                    "audit_log",
                    "audit_head",
                    "download_count",
                    "token_use",
                    "journal_position",
                    "schema_migration" -> EnumSet.of(UNCACHED);
            default -> EnumSet.noneOf(TableGroup.class);
        };
    }
}
