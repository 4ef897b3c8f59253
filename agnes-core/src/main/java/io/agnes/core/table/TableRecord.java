// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.table;

import static java.util.Objects.requireNonNull;

import io.agnes.core.TableId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A registered table, made by a {@link #builder}.
 *
 * @param id the only key
 * @param name a label for people, unique; only a trigger finds a table by it
 * @param folder a label under which people find the table; may be empty
 * @param sourceType the type of the table's source: {@code keboola}, {@code bigquery}, {@code local}
 * @param bucket the place in the source: Keboola's bucket id, BigQuery's dataset; empty if the source needs none
 * @param sourceTable the table's name in the source; empty if the source needs none
 * @param sourceQuery selects a part of the source table, in the source's own syntax; null for all of it
 * @param schedule when a sync is due; null for the scheduler's default
 * @param columnTypes how columns of text are converted; null for the source's default
 * @param emptyAsNull how empty text is converted in columns of another type; null for the source's default
 * @param allowEmpty whether an export of zero rows may replace a version that has rows
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

    /**
     * A builder of a new table: named after its id, {@linkplain QueryMode#MATERIALIZED materialized}, without a place in
     * its source, all other fields empty or the default, revision 1.
     */
    public static Builder builder(TableId id, String sourceType) {
        return new Builder(id, sourceType);
    }

    /** A builder that starts with the fields of this table. */
    public Builder toBuilder() {
        return new Builder(id, sourceType)
                .name(name)
                .description(description)
                .folder(folder)
                .bucket(bucket)
                .sourceTable(sourceTable)
                .sourceQuery(sourceQuery)
                .queryMode(queryMode)
                .schedule(schedule)
                .columnTypes(columnTypes)
                .emptyAsNull(emptyAsNull)
                .allowEmpty(allowEmpty)
                .primaryKey(primaryKey)
                .profile(profile)
                .registered(registeredBy, registeredAt)
                .revision(revision, updatedAt);
    }

    /** Makes tables; each field is described at {@link TableRecord}. For one thread. */
    public static final class Builder {
        private final TableId id;
        private String sourceType;
        private String name;
        private String description = "";
        private String folder = "";
        private String bucket = "";
        private String sourceTable = "";
        private @Nullable String sourceQuery;
        private QueryMode queryMode = QueryMode.MATERIALIZED;
        private @Nullable Schedule schedule;
        private @Nullable ColumnTypes columnTypes;
        private @Nullable EmptyAsNull emptyAsNull;
        private boolean allowEmpty;
        private List<String> primaryKey = List.of();
        private boolean profile;
        private @Nullable String registeredBy;
        private @Nullable Instant registeredAt;
        private @Nullable Instant updatedAt;
        private long revision = 1;

        private Builder(TableId id, String sourceType) {
            this.id = id;
            this.name = id.value();
            this.sourceType = sourceType;
        }

        /** Sets {@link TableRecord#name}. */
        public Builder name(String value) {
            name = value;
            return this;
        }

        /** Sets {@link TableRecord#description}. */
        public Builder description(String value) {
            description = value;
            return this;
        }

        /** Sets {@link TableRecord#folder}. */
        public Builder folder(String value) {
            folder = value;
            return this;
        }

        /** Sets {@link TableRecord#sourceType}. */
        public Builder sourceType(String value) {
            sourceType = value;
            return this;
        }

        /** Sets {@link TableRecord#bucket}. */
        public Builder bucket(String value) {
            bucket = value;
            return this;
        }

        /** Sets {@link TableRecord#sourceTable}. */
        public Builder sourceTable(String value) {
            sourceTable = value;
            return this;
        }

        /** Sets {@link TableRecord#sourceQuery}. */
        public Builder sourceQuery(@Nullable String value) {
            sourceQuery = value;
            return this;
        }

        /** Sets {@link TableRecord#queryMode}. */
        public Builder queryMode(QueryMode value) {
            queryMode = value;
            return this;
        }

        /** Sets {@link TableRecord#schedule}. */
        public Builder schedule(@Nullable Schedule value) {
            schedule = value;
            return this;
        }

        /** Sets {@link TableRecord#columnTypes}. */
        public Builder columnTypes(@Nullable ColumnTypes value) {
            columnTypes = value;
            return this;
        }

        /** Sets {@link TableRecord#emptyAsNull}. */
        public Builder emptyAsNull(@Nullable EmptyAsNull value) {
            emptyAsNull = value;
            return this;
        }

        /** Sets {@link TableRecord#allowEmpty}. */
        public Builder allowEmpty(boolean value) {
            allowEmpty = value;
            return this;
        }

        /** Sets {@link TableRecord#primaryKey}. */
        public Builder primaryKey(List<String> value) {
            primaryKey = value;
            return this;
        }

        /** Sets {@link TableRecord#profile}. */
        public Builder profile(boolean value) {
            profile = value;
            return this;
        }

        /** Sets {@link TableRecord#registeredBy} and {@link TableRecord#registeredAt}; needed. */
        public Builder registered(String by, Instant at) {
            registeredBy = by;
            registeredAt = at;
            return this;
        }

        /** Sets {@link TableRecord#revision} and {@link TableRecord#updatedAt}; a new table was updated when registered. */
        public Builder revision(long number, Instant at) {
            revision = number;
            updatedAt = at;
            return this;
        }

        /** The table. */
        public TableRecord build() {
            Instant since = requireNonNull(registeredAt, "registered");
            return new TableRecord(
                    id,
                    name,
                    description,
                    folder,
                    sourceType,
                    bucket,
                    sourceTable,
                    sourceQuery,
                    queryMode,
                    schedule,
                    columnTypes,
                    emptyAsNull,
                    allowEmpty,
                    primaryKey,
                    profile,
                    requireNonNull(registeredBy, "registered"),
                    since,
                    updatedAt == null ? since : updatedAt,
                    revision);
        }
    }
}
