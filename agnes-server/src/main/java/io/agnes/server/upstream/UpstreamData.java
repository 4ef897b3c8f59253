// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.upstream;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rows of an older installation, unchecked. Its times have no zone and are read as UTC, as that product does.
 *
 * @param version of its schema
 * @param packages empty if it grants tables without packages
 */
public record UpstreamData(
        int version,
        List<Table> tables,
        List<Sync> syncs,
        List<User> users,
        List<Group> groups,
        List<Member> members,
        List<Grant> grants,
        Optional<List<Bundle>> packages) {
    /**
     * A row of {@code table_registry}.
     *
     * @param whereFilters selects rows, as JSON
     * @param bigQueryPath project, dataset and table, where they are not those of the settings
     * @param connection the connection it comes by, unless that is the default one
     * @param serverOnly whether users get no copy of it
     * @param policy whether users see only some of its rows
     */
    record Table(
            String id,
            String name,
            @Nullable String sourceType,
            @Nullable String bucket,
            @Nullable String sourceTable,
            @Nullable String sourceQuery,
            @Nullable String queryMode,
            @Nullable String strategy,
            @Nullable String schedule,
            boolean profile,
            @Nullable String primaryKey,
            @Nullable String folder,
            @Nullable String description,
            @Nullable String registeredBy,
            @Nullable Instant registeredAt,
            @Nullable String whereFilters,
            @Nullable String bigQueryPath,
            @Nullable String connection,
            boolean serverOnly,
            boolean policy) {}

    /**
     * A row of {@code sync_state}.
     *
     * @param table an id, or a name: older versions wrote names
     * @param hash MD5 of the file in 32 hex digits, or something shorter
     * @param inParts whether the table has several files
     */
    record Sync(
            String table,
            @Nullable Instant lastSync,
            @Nullable String hash,
            boolean inParts) {}

    /** A row of {@code users}. */
    record User(String id, String email, boolean active) {}

    /** A row of {@code user_groups}. */
    record Group(String id, String name) {}

    /** A row of {@code user_group_members}, by ids. */
    record Member(String user, String group) {}

    /** A row of {@code resource_grants}, by ids. */
    record Grant(String group, String type, String resource) {}

    /**
     * A row of {@code data_packages}: tables that are granted together.
     *
     * @param inForce whether it is neither deleted, nor a draft, nor still to come
     */
    record Bundle(String id, String name, boolean inForce, List<String> tables) {}

    /** Copies the lists. */
    public UpstreamData {
        tables = List.copyOf(tables);
        syncs = List.copyOf(syncs);
        users = List.copyOf(users);
        groups = List.copyOf(groups);
        members = List.copyOf(members);
        grants = List.copyOf(grants);
    }
}
