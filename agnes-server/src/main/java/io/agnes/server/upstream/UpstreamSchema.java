// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.upstream;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The columns that exist, and those that must exist. Versions added columns, so a schema up to the newest known version may lack
 * later columns. In a newer schema every known column must exist: a missing one that restricted access may have a new name.
 *
 * @param columns as {@code table.column}, of tables and not of views
 */
record UpstreamSchema(int version, Set<String> columns) {
    /** The last version before {@code local} tables of Keboola became {@code materialized}. */
    static final int OLDEST = 25;

    /** The version at which that product froze the schema of its DuckDB file. */
    static final int NEWEST = 124;

    /** The first version that grants packages of tables. */
    private static final int PACKAGES_SINCE = 52;

    private static final List<String> ALWAYS = List.of(
            "table_registry.id",
            "table_registry.name",
            "table_registry.source_type",
            "table_registry.bucket",
            "table_registry.source_table",
            "table_registry.source_query",
            "table_registry.query_mode",
            "table_registry.sync_strategy",
            "table_registry.sync_schedule",
            "table_registry.profile_after_sync",
            "table_registry.primary_key",
            "table_registry.folder",
            "table_registry.description",
            "table_registry.registered_by",
            "table_registry.registered_at",
            "sync_state.table_id",
            "sync_state.last_sync",
            "sync_state.hash",
            "users.id",
            "users.email",
            "users.active",
            "user_groups.id",
            "user_groups.name",
            "user_group_members.user_id",
            "user_group_members.group_id",
            "resource_grants.group_id",
            "resource_grants.resource_type",
            "resource_grants.resource_id");

    private static final List<String> OF_PACKAGES = List.of(
            "data_packages.id", "data_packages.name", "data_package_tables.package_id", "data_package_tables.table_id");

    private static final List<String> LATER = List.of(
            "table_registry.where_filters",
            "table_registry.bq_fqn",
            "table_registry.server_only",
            "table_registry.connection_id",
            "table_registry.access_policy_sql",
            "source_connections.id",
            "source_connections.is_default",
            "data_packages.status",
            "data_packages.deleted_at",
            "sync_state.parts");

    UpstreamSchema {
        columns = Set.copyOf(columns);
    }

    /** The first column that must exist and is missing. */
    Optional<String> missing() {
        List<String> needed = new ArrayList<>(ALWAYS);
        if (version >= PACKAGES_SINCE) {
            needed.addAll(OF_PACKAGES);
        }
        if (version > NEWEST) {
            needed.addAll(LATER);
        }
        return needed.stream().filter(column -> !has(column)).findFirst();
    }

    boolean has(String column) {
        return columns.contains(column);
    }

    /** Whether grants are on packages of tables. */
    boolean hasPackages() {
        return columns.containsAll(OF_PACKAGES);
    }
}
