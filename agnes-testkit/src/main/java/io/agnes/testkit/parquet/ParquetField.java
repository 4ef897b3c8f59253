// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit.parquet;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A column, or a part of one, of the Parquet file to write.
 *
 * @param leaf the type of the values; null for a group
 * @param children the parts of a group; empty for a leaf
 */
public record ParquetField(
        String name, Repetition repetition, @Nullable Leaf leaf, List<ParquetField> children) {

    /** How often a value occurs. The number is that in the footer. */
    public enum Repetition {
        REQUIRED(0),
        OPTIONAL(1),
        REPEATED(2);

        private final int id;

        Repetition(int id) {
            this.id = id;
        }
    }

    /** The type of a leaf. */
    public sealed interface Leaf {
        /** A type without parameters. */
        enum Plain implements Leaf {
            INT64,
            DOUBLE,
            BOOLEAN,
            STRING,
            BYTES,
            DATE,
            /** Microseconds of a day, with {@code isAdjustedToUTC=true}. */
            TIME,
            /** Microseconds since 1970, with {@code isAdjustedToUTC=false}. */
            TIMESTAMP,
            /** Well-known binary with spherical edges. */
            GEOGRAPHY
        }

        /**
         * A decimal of fixed length. DuckDB has to write {@code DECIMAL(38, scale)} for 16 bytes, and a BLOB of 32 bytes for
         * 32.
         */
        record Decimal(int precision, int scale, int bytes) implements Leaf {}
    }

    public ParquetField {
        children = List.copyOf(children);
    }

    /** Whether the levels or values of DuckDB's pages have to change. */
    public boolean changesPages() {
        boolean wide = leaf instanceof Leaf.Decimal decimal && decimal.bytes() > 16;
        return wide || repetition != Repetition.OPTIONAL || children.stream().anyMatch(ParquetField::changesPages);
    }

    /** The elements of the schema in the footer: this field's and those of its children. */
    void addTo(List<ThriftFields> schema) {
        ThriftFields element = new ThriftFields().i32(3, repetition.id).text(4, name);
        schema.add(element);
        if (leaf == null) {
            element.i32(5, children.size());
            children.forEach(child -> child.addTo(schema));
        } else {
            type(element, leaf);
        }
    }

    /** Fields: 1 type, 2 type_length, 6 converted_type, 7 scale, 8 precision, 10 logicalType. */
    private static void type(ThriftFields element, Leaf leaf) {
        switch (leaf) {
            case Leaf.Decimal decimal ->
                element.i32(1, 7)
                        .i32(2, decimal.bytes)
                        .i32(6, 5)
                        .i32(7, decimal.scale)
                        .i32(8, decimal.precision)
                        .struct(
                                10,
                                new ThriftFields()
                                        .struct(
                                                5,
                                                new ThriftFields()
                                                        .i32(1, decimal.scale)
                                                        .i32(2, decimal.precision)));
            case Leaf.Plain plain -> {
                switch (plain) {
                    case INT64 -> element.i32(1, 2);
                    case DOUBLE -> element.i32(1, 5);
                    case BOOLEAN -> element.i32(1, 0);
                    case STRING -> logical(element.i32(1, 6).i32(6, 0), 1, new ThriftFields());
                    case BYTES -> element.i32(1, 6);
                    case DATE -> logical(element.i32(1, 1).i32(6, 6), 6, new ThriftFields());
                    case TIME -> logical(element.i32(1, 2).i32(6, 8), 7, micros(true));
                    // The format has no converted type for a timestamp that is not adjusted to UTC.
                    case TIMESTAMP -> logical(element.i32(1, 2), 8, micros(false));
                    case GEOGRAPHY -> logical(element.i32(1, 6), 18, new ThriftFields().i32(2, 0));
                }
            }
        }
    }

    private static void logical(ThriftFields element, int id, ThriftFields parameters) {
        element.struct(10, new ThriftFields().struct(id, parameters));
    }

    private static ThriftFields micros(boolean adjustedToUtc) {
        return new ThriftFields().flag(1, adjustedToUtc).struct(2, new ThriftFields().struct(2, new ThriftFields()));
    }
}
