// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.metadata;

import io.agnes.bigquery.BigQueryTable;
import io.agnes.core.sync.FieldProblem;
import io.agnes.core.sync.TableField;
import io.agnes.core.table.TableRecord;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the place of a registered table: {@code bucket} is a dataset, or {@code project.dataset}; {@code source_table} is a
 * table, or a whole {@code project.dataset.table} as it is copied from the console or a query, in backquotes or not.
 */
public final class BigQueryRegistration {
    /** As the console and legacy SQL write a whole path: with a colon behind the project. */
    private static final Pattern LEGACY = Pattern.compile("((?:[a-z0-9.-]+:)?[a-z][a-z0-9-]+):([^.:]+)(\\..+)?");

    private static final String WILDCARD =
            "names several tables by a wildcard; register each of them, or select from them in" + " source_query";

    private BigQueryRegistration() {}

    /**
     * The fields of a table that are wrong, without asking BigQuery. A table with a {@code source_query} needs no place.
     *
     * @return empty if all are right
     */
    public static List<FieldProblem> problems(TableRecord record) {
        if (record.sourceTable().isEmpty() && TableField.SOURCE_QUERY.of(record).isPresent()) {
            return List.of();
        }
        return read(record, "default-project") instanceof Place.Wrong wrong ? List.of(wrong.problem()) : List.of();
    }

    /**
     * The place of a table.
     *
     * @param project of tables that are registered without one
     * @return empty if the record has {@link #problems}
     */
    public static Optional<BigQueryTable> table(TableRecord record, String project) {
        return read(record, project) instanceof Place.Right right ? Optional.of(right.table()) : Optional.empty();
    }

    /** The record with dataset and table in their own fields, if a whole path was pasted into {@code source_table}. */
    public static TableRecord split(TableRecord record) {
        return pasted(record.sourceTable())
                .filter(whole -> agrees(record.bucket(), whole))
                .map(whole -> record.toBuilder()
                        .bucket(whole.project() + "." + whole.dataset())
                        .sourceTable(whole.table())
                        .build())
                .orElse(record);
    }

    private sealed interface Place {
        record Right(BigQueryTable table) implements Place {}

        record Wrong(FieldProblem problem) implements Place {}
    }

    private static Place read(TableRecord record, String project) {
        String table = record.sourceTable();
        if (table.contains("*")) {
            return wrong(TableField.SOURCE_TABLE, WILDCARD);
        }
        if (record.bucket().contains("*")) {
            return wrong(TableField.BUCKET, WILDCARD);
        }
        Optional<BigQueryTable> whole = pasted(table);
        if (whole.isPresent()) {
            return agrees(record.bucket(), whole.get())
                    ? new Place.Right(whole.get())
                    : wrong(
                            TableField.BUCKET,
                            "is " + record.bucket() + ", but source_table is in "
                                    + whole.get().dataset());
        }
        if (record.bucket().isEmpty()) {
            return wrong(TableField.BUCKET, "is missing; it is a dataset, as sales, or project.dataset");
        }
        if (table.isEmpty()) {
            return wrong(TableField.SOURCE_TABLE, "is missing; it is the name of a table or view in the dataset");
        }
        return joined(legacy(record.bucket()), table, project);
    }

    private static Place joined(String bucket, String table, String defaultProject) {
        int dot = bucket.lastIndexOf('.');
        String project = dot < 0 ? defaultProject : bucket.substring(0, dot);
        String dataset = bucket.substring(dot + 1);
        if (!BigQueryTable.isProject(project) || !BigQueryTable.isDataset(dataset)) {
            return wrong(TableField.BUCKET, "must be a dataset of A-Z a-z 0-9 _, or project.dataset");
        }
        try {
            return new Place.Right(new BigQueryTable(project, dataset, table));
        } catch (IllegalArgumentException outsideTheGrammar) {
            return wrong(TableField.SOURCE_TABLE, "must be 1 to 1,024 letters, digits, spaces, _ and -");
        }
    }

    private static Optional<BigQueryTable> pasted(String table) {
        return BigQueryTable.parse(legacy(table.strip().replace("`", "")));
    }

    private static String legacy(String path) {
        Matcher parts = LEGACY.matcher(path.replaceAll("\\A\\[(.*)\\]\\z", "$1"));
        return parts.matches() && BigQueryTable.isProject(parts.group(1))
                ? parts.group(1) + "." + parts.group(2) + (parts.group(3) == null ? "" : parts.group(3))
                : path;
    }

    private static boolean agrees(String bucket, BigQueryTable whole) {
        return bucket.isEmpty()
                || bucket.equals(whole.dataset())
                || legacy(bucket).equals(whole.project() + "." + whole.dataset());
    }

    private static Place wrong(TableField field, String reason) {
        return new Place.Wrong(new FieldProblem(field, reason));
    }
}
