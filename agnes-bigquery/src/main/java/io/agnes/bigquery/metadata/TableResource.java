// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.metadata;

import com.google.api.services.bigquery.model.Clustering;
import com.google.api.services.bigquery.model.RangePartitioning;
import com.google.api.services.bigquery.model.Streamingbuffer;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TimePartitioning;
import io.agnes.bigquery.BigQueryTable;
import io.agnes.bigquery.GoogleCloudException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads BigQuery's <a href="https://cloud.google.com/bigquery/docs/reference/rest/v2/tables">resource of a table</a>. A field
 * that is absent is not known; it never stands for zero.
 */
final class TableResource {
    private static final BigInteger LARGEST = BigInteger.valueOf(Long.MAX_VALUE);
    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private TableResource() {}

    static TableMetadata metadata(BigQueryTable name, Table table) {
        EntityType type = entityType(name, table);
        return new TableMetadata(
                name,
                type,
                type.hasStoredRows() || type == EntityType.MATERIALIZED_VIEW ? number(table.getNumRows()) : null,
                type.hasStoredRows() || type == EntityType.MATERIALIZED_VIEW ? table.getNumBytes() : null,
                partitioning(table),
                clusteredBy(table.getClustering()),
                columns(table),
                streamingBuffer(table.getStreamingBuffer()),
                orEmpty(table.getEtag()),
                instant(table.getLastModifiedTime()),
                orEmpty(table.getLocation()),
                orEmpty(table.getDescription()));
    }

    private static EntityType entityType(BigQueryTable name, Table table) {
        return switch (orEmpty(table.getType())) {
            // A clone is a table that names its origin.
            case "TABLE" -> table.getCloneDefinition() == null ? EntityType.TABLE : EntityType.CLONE;
            case "VIEW" -> EntityType.VIEW;
            case "MATERIALIZED_VIEW" -> EntityType.MATERIALIZED_VIEW;
            case "EXTERNAL" -> EntityType.EXTERNAL;
            case "SNAPSHOT" -> EntityType.SNAPSHOT;
            default ->
                throw GoogleCloudException.answerUnreadable(
                        "table " + name, "its type is not known: " + orEmpty(table.getType()));
        };
    }

    private static Optional<Partitioning> partitioning(Table table) {
        TimePartitioning time = table.getTimePartitioning();
        if (time != null) {
            String column = time.getField() == null ? Partitioning.TIME_OF_LOADING : time.getField();
            return Optional.of(new Partitioning.ByTime(time.getType() == null ? "DAY" : time.getType(), column));
        }
        RangePartitioning range = table.getRangePartitioning();
        return range == null || range.getRange() == null
                ? Optional.empty()
                : Optional.of(new Partitioning.ByRange(
                        orEmpty(range.getField()),
                        orZero(range.getRange().getStart()),
                        orZero(range.getRange().getEnd()),
                        orZero(range.getRange().getInterval())));
    }

    private static List<String> clusteredBy(@Nullable Clustering clustering) {
        return clustering == null || clustering.getFields() == null ? List.of() : clustering.getFields();
    }

    private static List<MetadataColumn> columns(Table table) {
        return table.getSchema() == null || table.getSchema().getFields() == null
                ? List.of()
                : table.getSchema().getFields().stream()
                        .map(TableResource::column)
                        .toList();
    }

    private static MetadataColumn column(TableFieldSchema field) {
        return new MetadataColumn(
                orEmpty(field.getName()),
                type(field),
                "REQUIRED".equals(field.getMode()),
                orEmpty(field.getDescription()));
    }

    private static String type(TableFieldSchema field) {
        String single = singleType(field);
        return "REPEATED".equals(field.getMode()) ? "ARRAY<" + single + ">" : single;
    }

    /** The API says types in the words of legacy SQL. */
    private static String singleType(TableFieldSchema field) {
        String type = orEmpty(field.getType());
        return switch (type) {
            case "INTEGER" -> "INT64";
            case "FLOAT" -> "FLOAT64";
            case "BOOLEAN" -> "BOOL";
            case "RECORD", "STRUCT" -> struct(field);
            case "RANGE" ->
                field.getRangeElementType() == null
                        ? type
                        : "RANGE<" + orEmpty(field.getRangeElementType().getType()) + ">";
            default -> type + parameters(field);
        };
    }

    private static String struct(TableFieldSchema field) {
        List<TableFieldSchema> members = field.getFields() == null ? List.of() : field.getFields();
        return members.stream()
                .map(member -> quoted(orEmpty(member.getName())) + " " + type(member))
                .collect(Collectors.joining(", ", "STRUCT<", ">"));
    }

    private static String quoted(String name) {
        return PLAIN_NAME.matcher(name).matches() ? name : "`" + name + "`";
    }

    private static String parameters(TableFieldSchema field) {
        if (field.getMaxLength() != null) {
            return "(" + field.getMaxLength() + ")";
        }
        if (field.getPrecision() == null) {
            return "";
        }
        return field.getScale() == null
                ? "(" + field.getPrecision() + ")"
                : "(" + field.getPrecision() + ", " + field.getScale() + ")";
    }

    private static Optional<StreamingBuffer> streamingBuffer(@Nullable Streamingbuffer buffer) {
        return buffer == null
                ? Optional.empty()
                : Optional.of(new StreamingBuffer(
                        orZero(number(buffer.getEstimatedRows())),
                        orZero(number(buffer.getEstimatedBytes())),
                        Optional.ofNullable(instant(buffer.getOldestEntryTime()))));
    }

    private static @Nullable Long number(@Nullable BigInteger value) {
        return value == null ? null : value.min(LARGEST).longValue();
    }

    private static @Nullable Instant instant(@Nullable BigInteger millis) {
        return millis == null ? null : Instant.ofEpochMilli(millis.min(LARGEST).longValue());
    }

    private static long orZero(@Nullable Long value) {
        return value == null ? 0 : value;
    }

    private static String orEmpty(@Nullable String value) {
        return value == null ? "" : value;
    }
}
