package io.agnes.core.table;

import io.agnes.core.TableId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A registered table.
 *
 * @param id the only key
 * @param name a label for people, unique; never looked up by, but in a trigger
 * @param sourceType which source brings it: {@code keboola}, {@code bigquery}, {@code local}
 * @param bucket where it is in the source: Keboola's bucket id, BigQuery's dataset
 * @param sourceTable its name there
 * @param sourceQuery what of it is wanted, in the source's own words; null for all of it
 * @param allowEmpty whether an export of zero rows may replace a version that has some
 * @param registeredBy the user, or {@code system}
 */
public record TableRecord(
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
        Instant registeredAt) {}
