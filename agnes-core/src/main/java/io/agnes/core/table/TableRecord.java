// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.table;

import io.agnes.core.TableId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A registered table.
 *
 * @param id the only key
 * @param name a label for people, unique; never looked up by, but in a trigger
 * @param folder a label under which people find it; may be empty
 * @param sourceType which source brings it: {@code keboola}, {@code bigquery}, {@code local}
 * @param bucket where it is in the source: Keboola's bucket id, BigQuery's dataset
 * @param sourceTable its name there
 * @param sourceQuery what of it is wanted, in the source's own words; null for all of it
 * @param schedule when it is brought without being asked for; null for the scheduler's default
 * @param columnTypes what becomes of text; null for the source's default
 * @param emptyAsNull what becomes of empty text in columns of another type; null for the source's default
 * @param allowEmpty whether an export of zero rows may replace a version that has some
 * @param primaryKey names of columns, for readers; not enforced
 * @param profile whether each version is measured column by column
 * @param registeredBy the user, or {@code system}
 * @param revision counts changes from 1
 */
public record TableRecord(
        TableId id,
        String name,
        String description,
        String folder,
        String sourceType,
        String bucket,
        String sourceTable,
        @Nullable String sourceQuery,
        QueryMode queryMode,
        @Nullable Schedule schedule,
        @Nullable ColumnTypes columnTypes,
        @Nullable EmptyAsNull emptyAsNull,
        boolean allowEmpty,
        List<String> primaryKey,
        boolean profile,
        String registeredBy,
        Instant registeredAt,
        Instant updatedAt,
        long revision) {
    /** Copies the list. */
    public TableRecord {
        primaryKey = List.copyOf(primaryKey);
    }

    /** A table that was just registered, with defaults for what is not given. */
    public TableRecord(
            TableId id,
            String name,
            String description,
            String sourceType,
            String bucket,
            String sourceTable,
            @Nullable String sourceQuery,
            QueryMode queryMode,
            boolean allowEmpty,
            String registeredBy,
            Instant registeredAt) {
        this(
                id,
                name,
                description,
                "",
                sourceType,
                bucket,
                sourceTable,
                sourceQuery,
                queryMode,
                null,
                null,
                null,
                allowEmpty,
                List.of(),
                false,
                registeredBy,
                registeredAt,
                registeredAt,
                1);
    }
}
