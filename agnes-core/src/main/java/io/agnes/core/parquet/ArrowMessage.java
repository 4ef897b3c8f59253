// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The FlatBuffers of an encapsulated Arrow schema message. It reads only the tables and types that a schema uses; a malformed
 * message is an unchecked exception. Positions are byte offsets from the start of the message, 0 for an absent field.
 */
final class ArrowMessage {
    /** Bound on tables and vector elements visited in one schema; FlatBuffers can share tables, so bytes do not bound it. */
    private static final int MOST_NODES = 1_000_000;

    private static final int DEEPEST = ParquetLimits.SCHEMA_DEPTH + 8;
    private static final int CONTINUATION = -1;

    /** The type of each slot of each table. A table type is its name; a vector of tables is the name with a star. */
    private static final Map<String, List<String>> SHAPES = Map.of(
            "Message", List.of("i16", "i8", "Schema", "i64", "KeyValue*"),
            "Schema", List.of("i16", "Field*", "KeyValue*", "i64[]"),
            "Field", List.of("text", "i8", "i8", "type", "Dictionary", "Field*", "KeyValue*"),
            "KeyValue", List.of("text", "text"),
            "Dictionary", List.of("i64", "Int", "i8", "i16"),
            "Int", List.of("i32", "i8"));

    /** The slots of each member of the {@code Type} union, by its number; member 0 is NONE. */
    private static final List<List<String>> TYPES = List.of(
            List.of(),
            List.of(),
            List.of("i32", "i8"),
            List.of("i16"),
            List.of(),
            List.of(),
            List.of(),
            List.of("i32", "i32", "i32"),
            List.of("i16"),
            List.of("i16", "i32"),
            List.of("i16", "text"),
            List.of("i16"),
            List.of(),
            List.of(),
            List.of("i16", "i32[]"),
            List.of("i32"),
            List.of("i32"),
            List.of("i8"),
            List.of("i16"),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of());

    final ByteBuffer in;
    final int start;
    private int nodes;

    private ArrowMessage(ByteBuffer in, int start) {
        this.in = in;
        this.start = start;
    }

    /** Skips the message length, and the continuation marker before it that writers since Arrow 0.15 write. */
    static ArrowMessage of(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int lengthAt = in.getInt(0) == CONTINUATION ? 4 : 0;
        if (in.getInt(lengthAt) != bytes.length - lengthAt - 4) {
            throw new MalformedParquetException("the message has another length");
        }
        return new ArrowMessage(in, lengthAt + 4);
    }

    /** Follows the relative offset at this position. */
    int pointed(int at) {
        if (at == 0) {
            throw new MalformedParquetException("a table lacks a part");
        }
        return Math.addExact(at, in.getInt(at));
    }

    /** The position of a field, 0 if it is absent. */
    int slot(int table, int index) {
        int vtable = table - in.getInt(table);
        int offset = 4 + 2 * index;
        int inTable = offset < in.getShort(vtable) ? in.getShort(vtable + offset) & 0xffff : 0;
        return inTable == 0 ? 0 : table + inTable;
    }

    private int slots(int table) {
        return (in.getShort(table - in.getInt(table)) - 4) / 2;
    }

    /** The positions of the tables in a vector. */
    List<Integer> elements(int at) {
        List<Integer> tables = new ArrayList<>();
        if (at != 0) {
            int vector = pointed(at);
            for (int i = counted(in.getInt(vector)); i > 0; i--) {
                tables.add(pointed(vector + 4 * (tables.size() + 1)));
            }
        }
        return tables;
    }

    String text(int at, Charset charset) {
        int text = pointed(at);
        byte[] bytes = new byte[Math.min(in.getInt(text), in.capacity())];
        in.get(text + 4, bytes);
        return new String(bytes, charset);
    }

    private int counted(int more) {
        nodes += more;
        if (more < 0 || nodes > MOST_NODES) {
            throw new MalformedParquetException("a schema of too many elements");
        }
        return more;
    }

    List<@Nullable Object> table(String shape, int table, int depth) {
        List<String> slots = SHAPES.get(shape);
        if (slots == null) {
            throw new IllegalStateException("no table is called " + shape);
        }
        return table(slots, table, depth);
    }

    /** The value of each slot, null where the field is absent. */
    private List<@Nullable Object> table(List<String> shape, int table, int depth) {
        counted(1);
        if (depth > DEEPEST) {
            throw new MalformedParquetException("a schema of too many levels");
        }
        List<@Nullable Object> values = new ArrayList<>();
        for (int i = 0; i < Math.max(shape.size(), slots(table)); i++) {
            int at = slot(table, i);
            if (i >= shape.size() && at != 0) {
                throw new MalformedParquetException("a field that is not known");
            }
            if (i < shape.size()) {
                values.add(at == 0 ? null : value(shape.get(i), at, table, i, depth));
            }
        }
        return values;
    }

    private Object value(String type, int at, int table, int index, int depth) {
        return switch (type) {
            case "i8" -> in.get(at);
            case "i16" -> in.getShort(at);
            case "i32" -> in.getInt(at);
            case "i64" -> in.getLong(at);
            // ISO 8859-1 maps each byte to one character, so equal texts are equal bytes.
            case "text" -> text(at, StandardCharsets.ISO_8859_1);
            case "i32[]" -> raw(at, 4);
            case "i64[]" -> raw(at, 8);
            case "type" -> table(TYPES.get(in.get(slot(table, index - 1))), pointed(at), depth + 1);
            default ->
                type.endsWith("*")
                        ? tables(type.substring(0, type.length() - 1), at, depth)
                        : table(type, pointed(at), depth + 1);
        };
    }

    private List<Object> tables(String shape, int at, int depth) {
        List<Object> all = new ArrayList<>();
        for (int each : elements(at)) {
            all.add(table(shape, each, depth + 1));
        }
        return all;
    }

    private ByteBuffer raw(int at, int size) {
        int vector = pointed(at);
        return in.slice(vector + 4, Math.multiplyExact(counted(in.getInt(vector)), size));
    }
}
