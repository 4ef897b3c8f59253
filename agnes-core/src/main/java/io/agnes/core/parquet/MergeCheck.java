// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks whether each part can be merged with the first one, collects reasons against it, and adds up rows and row groups.
 */
final class MergeCheck {
    private final List<Reason> reasons = new ArrayList<>();
    private final WriterNames writers = new WriterNames();
    private final AgreedIds ids = new AgreedIds();
    private final boolean anyWriter;
    private final boolean newIds;
    private @Nullable FileFooter first;
    private @Nullable ParquetSchema firstSchema;
    private int version;
    private long rows;
    private long chunks;
    private int sortedGroups;
    private long[] groupRows = new long[64];
    private int rowGroups;

    /** @param anyWriter whether parts may have different writers */
    MergeCheck(boolean anyWriter) {
        this(anyWriter, false);
    }

    /**
     * A check of no part yet.
     *
     * @param anyWriter whether parts may have different writers
     * @param newIds whether the merged file gets field ids, so that parts may differ in theirs
     */
    MergeCheck(boolean anyWriter, boolean newIds) {
        this.anyWriter = anyWriter;
        this.newIds = newIds;
    }

    /**
     * The totals over all parts.
     *
     * @param version the highest format version
     * @param sortedGroups the number of row groups with {@code sorting_columns}
     * @param medianGroupRows rows of the median row group, 0 without row groups
     */
    record Sums(int version, long rows, int rowGroups, long chunks, int sortedGroups, long medianGroupRows) {}

    WriterNames writers() {
        return writers;
    }

    List<Reason> reasons() {
        return reasons;
    }

    /**
     * Adds a reason, at most {@link ParquetLimits#FINDINGS}. The first final reason is added beyond this bound, because it
     * decides the outcome.
     */
    void refuse(Reason reason) {
        boolean decides = reason.isFinal() && reasons.stream().noneMatch(Reason::isFinal);
        if (decides || (reasons.size() < ParquetLimits.FINDINGS && !reasons.contains(reason))) {
            reasons.add(reason);
        }
    }

    /** The field ids on which the parts agree, if the merged file gets ids. */
    AgreedIds ids() {
        return ids;
    }

    ParquetSchema schema() {
        if (firstSchema == null) {
            throw new IllegalStateException("no part was added");
        }
        return firstSchema;
    }

    Sums sums() {
        long[] sorted = Arrays.copyOf(groupRows, Math.min(rowGroups, ParquetLimits.ROW_GROUPS));
        Arrays.sort(sorted);
        long median = sorted.length == 0 ? 0 : sorted[sorted.length / 2];
        return new Sums(version, rows, rowGroups, chunks, sortedGroups, median);
    }

    /** Checks a part and adds every reason against it. A malformed footer becomes a {@link Reason.Damaged}. */
    void add(Tail tail) {
        try {
            check(tail, tail.footer());
        } catch (RuntimeException e) {
            refuse(Reason.Damaged.by(tail.part(), e));
        }
    }

    private void check(Tail tail, FileFooter footer) {
        if (footer.encrypted()) {
            refuse(new Reason.Encrypted(tail.part(), "its footer is signed, and columns of it may need a key"));
            return;
        }
        footer.checkKeyValues();
        ParquetSchema schema = checkSchema(tail, footer);
        checkRowGroups(tail, footer, schema);
        if (first == null) {
            first = footer;
            firstSchema = schema;
        } else {
            checkProperties(tail, footer, first, schema == firstSchema);
        }
        version = Math.max(version, footer.version());
        writers.add(footer.createdBy());
    }

    private ParquetSchema checkSchema(Tail tail, FileFooter footer) {
        if (first == null || firstSchema == null) {
            ParquetSchema schema = ParquetSchema.parse(footer.schema());
            addIds(schema);
            return schema;
        }
        if (footer.schema().sameAs(first.schema())) {
            return firstSchema;
        }
        ParquetSchema schema = ParquetSchema.parse(footer.schema());
        if (newIds && schema.sameButIds(firstSchema)) {
            addIds(schema);
        } else if (!schema.sameAs(firstSchema)) {
            SchemaDiff diff = new SchemaDiff(tail.part(), firstSchema, schema);
            diff.unclear().forEach(this::refuse);
            if (reasons.size() < ParquetLimits.FINDINGS) {
                refuse(new Reason.SchemaDiffers(tail.part(), diff.text()));
            }
            return schema;
        }
        return firstSchema;
    }

    private void addIds(ParquetSchema schema) {
        if (newIds) {
            ids.add(schema);
        }
    }

    private void checkProperties(Tail tail, FileFooter footer, FileFooter first, boolean sameSchema) {
        if (!anyWriter && !Span.same(footer.createdBy(), first.createdBy())) {
            // Readers decide by created_by which statistics to trust, so one writer's name must not cover another's
            // pages.
            refuse(new Reason.PropertyDiffers(
                    tail.part(), "created_by", quoted(first.createdByText()), quoted(footer.createdByText())));
        }
        // There is one order for each column, so comparing them makes sense only for equal schemas.
        if (sameSchema && !Span.same(footer.columnOrders(), first.columnOrders())) {
            refuse(new Reason.PropertyDiffers(tail.part(), "column_orders", "that of the first part", "another"));
        }
        if (!sameUnknown(footer.unknown(), first.unknown())) {
            refuse(new Reason.PropertyDiffers(
                    tail.part(),
                    "the unknown fields of FileMetaData",
                    first.unknown().keySet().toString(),
                    footer.unknown().keySet().toString()));
        }
    }

    private void checkRowGroups(Tail tail, FileFooter footer, ParquetSchema schema) {
        long before = rows;
        footer.forEachRowGroup(group -> {
            checkRowGroup(tail, group, schema);
            count(group);
        });
        if (rows - before != footer.rows()) {
            throw new MalformedParquetException(
                    "its row groups have " + (rows - before) + " rows, the file says " + footer.rows());
        }
    }

    private void count(RowGroup group) {
        // Beyond the limit the merge is refused for its number of chunks, so the median no longer matters.
        if (rowGroups < ParquetLimits.ROW_GROUPS) {
            if (rowGroups == groupRows.length) {
                groupRows = Arrays.copyOf(groupRows, rowGroups * 2);
            }
            groupRows[rowGroups] = group.rows;
        }
        rowGroups++;
        rows = Math.addExact(rows, group.rows);
        chunks += group.chunks.size();
        sortedGroups += group.sorted ? 1 : 0;
    }

    private void checkRowGroup(Tail tail, RowGroup group, ParquetSchema schema) {
        if (group.rows < 0) {
            throw new MalformedParquetException("a row group has " + group.rows + " rows");
        }
        if (group.chunks.size() != schema.columns().size()) {
            throw new MalformedParquetException("a row group has " + group.chunks.size() + " columns, the schema "
                    + schema.columns().size());
        }
        if (group.unknownField != 0) {
            refuse(new Reason.UnknownField(tail.part(), "RowGroup", group.unknownField));
        }
        for (int i = 0; i < group.chunks.size(); i++) {
            checkChunk(tail, group.chunks.get(i), schema.columns().get(i));
        }
    }

    private void checkChunk(Tail tail, ColumnChunk chunk, ParquetColumn column) {
        if (chunk.encrypted) {
            refuse(new Reason.Encrypted(tail.part(), "column " + shown(column)));
        } else if (chunk.otherFile) {
            refuse(new Reason.ColumnElsewhere(tail.part(), "column " + shown(column) + " is in another file"));
        } else if (!chunk.described) {
            refuse(new Reason.ColumnElsewhere(tail.part(), "column " + shown(column) + " has no meta data"));
        } else {
            checkOffsets(tail, chunk, column);
        }
    }

    private void checkOffsets(Tail tail, ColumnChunk chunk, ParquetColumn column) {
        if (chunk.unknownField != 0) {
            refuse(new Reason.UnknownField(tail.part(), "ColumnChunk", chunk.unknownField));
        }
        if (chunk.unknownMetaField != 0) {
            refuse(new Reason.UnknownField(tail.part(), "ColumnMetaData", chunk.unknownMetaField));
        }
        if (!column.physicalType().startsWith(SchemaElement.typeWord(chunk.type))) {
            throw new MalformedParquetException(
                    "column " + shown(column) + " is " + column.physicalType() + " in the schema only");
        }
        String outside = chunk.outside(tail.dataEnd());
        if (outside != null) {
            throw new MalformedParquetException("column " + shown(column) + " has its " + outside
                    + ", outside the data that end at " + tail.dataEnd());
        }
    }

    private static boolean sameUnknown(Map<Integer, Span> one, Map<Integer, Span> other) {
        return one.keySet().equals(other.keySet())
                && one.entrySet().stream().allMatch(entry -> Span.same(entry.getValue(), other.get(entry.getKey())));
    }

    private static String shown(ParquetColumn column) {
        return ParquetLimits.quoted(column.name());
    }

    private static String quoted(@Nullable String text) {
        return text == null ? "absent" : '"' + ParquetLimits.quoted(text) + '"';
    }
}
