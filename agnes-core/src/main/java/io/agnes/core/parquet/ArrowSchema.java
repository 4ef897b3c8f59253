// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The value of {@code ARROW:schema}: base64 of an Arrow message whose FlatBuffers hold the types that Arrow had, and once
 * more the key-values of the file. Readers of Arrow take the key-values from here, so a merged file must not keep one
 * that is true of a single part.
 *
 * <p>Only the values of key-values are ever changed, and nothing is moved: a value that is longer than the old one is put
 * at the end. What comes of it is decoded again before it is used.
 */
final class ArrowSchema {
    /** Tables and elements of one schema, however they share each other. */
    private static final int MOST_NODES = 1_000_000;

    private static final int DEEPEST = ParquetLimits.SCHEMA_DEPTH + 8;
    private static final int CONTINUATION = -1;
    private static final int HEADER_TYPE = 1;
    private static final byte SCHEMA_HEADER = 1;
    private static final int HEADER = 2;
    private static final int SCHEMA_METADATA = 2;
    private static final int VALUE = 1;

    /** The types of the slots of each table: one of a table is its name, of a vector of them the name with a star. */
    private static final Map<String, List<String>> SHAPES = Map.of(
            "Message", List.of("i16", "i8", "Schema", "i64", "KeyValue*"),
            "Schema", List.of("i16", "Field*", "KeyValue*", "i64[]"),
            "Field", List.of("text", "i8", "i8", "type", "Dictionary", "Field*", "KeyValue*"),
            "KeyValue", List.of("text", "text"),
            "Dictionary", List.of("i64", "Int", "i8", "i16"),
            "Int", List.of("i32", "i8"));

    /** The slots of each member of the union of types; the first is none. */
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

    private final byte[] bytes;
    private final Object types;
    private final Map<String, String> metadata;

    private ArrowSchema(byte[] bytes, Object types, Map<String, String> metadata) {
        this.bytes = bytes;
        this.types = types;
        this.metadata = metadata;
    }

    /** Nothing if it is not what is known of such values; then only an equal one is the same. */
    static Optional<ArrowSchema> parse(String base64) {
        try {
            return Optional.of(decode(Base64.getDecoder().decode(base64)));
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }

    /** Every type, name and nullability, and the metadata of single fields; not the key-values of the file. */
    boolean sameTypes(ArrowSchema other) {
        return types.equals(other.types);
    }

    /** The key-values of the file, in order. */
    Map<String, String> metadata() {
        return metadata;
    }

    /**
     * The same types with other key-values.
     *
     * @param kept keys of {@link #metadata()}; those that are missing are removed
     * @return base64, or nothing if the change would touch anything else
     */
    Optional<String> with(Map<String, String> kept) {
        try {
            byte[] changed = new Change(bytes).keep(kept);
            ArrowSchema read = decode(changed);
            boolean asMeant = read.sameTypes(this) && read.metadata.equals(kept);
            return asMeant ? Optional.of(Base64.getEncoder().encodeToString(changed)) : Optional.empty();
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }

    private static ArrowSchema decode(byte[] bytes) {
        Flat flat = Flat.of(bytes);
        int message = flat.pointed(flat.start);
        List<@Nullable Object> whole = flat.table("Message", message, 0);
        if (!Byte.valueOf(SCHEMA_HEADER).equals(whole.get(HEADER_TYPE))) {
            throw new Malformed("the message is no schema");
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        int schema = flat.pointed(flat.slot(message, HEADER));
        for (int pair : flat.elements(flat.slot(schema, SCHEMA_METADATA))) {
            String key = flat.text(flat.slot(pair, 0), StandardCharsets.UTF_8);
            String value = flat.text(flat.slot(pair, VALUE), StandardCharsets.UTF_8);
            if (metadata.put(key, value) != null) {
                throw new Malformed("the key " + key + " comes twice");
            }
        }
        if (whole.get(HEADER) instanceof List<?> header) {
            List<@Nullable Object> types = new ArrayList<>(header);
            types.set(SCHEMA_METADATA, null);
            whole.set(HEADER, types);
        }
        return new ArrowSchema(bytes, whole, metadata);
    }

    /** FlatBuffers, read as far as such a schema uses them. Whatever is wrong is an unchecked exception. */
    private static final class Flat {
        private final ByteBuffer in;
        private final int start;
        private int nodes;

        private Flat(ByteBuffer in, int start) {
            this.in = in;
            this.start = start;
        }

        /** Behind the length of the message, before which newer writers put a mark. */
        static Flat of(byte[] bytes) {
            ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            int lengthAt = in.getInt(0) == CONTINUATION ? 4 : 0;
            if (in.getInt(lengthAt) != bytes.length - lengthAt - 4) {
                throw new Malformed("the message has another length");
            }
            return new Flat(in, lengthAt + 4);
        }

        /** Where the offset at that place points. */
        int pointed(int at) {
            if (at == 0) {
                throw new Malformed("a table lacks a part");
            }
            return Math.addExact(at, in.getInt(at));
        }

        /** The place of a field, 0 if it is absent. */
        int slot(int table, int index) {
            int vtable = table - in.getInt(table);
            int offset = 4 + 2 * index;
            int inTable = offset < in.getShort(vtable) ? in.getShort(vtable + offset) & 0xffff : 0;
            return inTable == 0 ? 0 : table + inTable;
        }

        private int slots(int table) {
            return (in.getShort(table - in.getInt(table)) - 4) / 2;
        }

        /** The tables of a vector. */
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

        String text(int at, java.nio.charset.Charset charset) {
            int text = pointed(at);
            byte[] bytes = new byte[Math.min(in.getInt(text), in.capacity())];
            in.get(text + 4, bytes);
            return new String(bytes, charset);
        }

        private int counted(int more) {
            nodes += more;
            if (more < 0 || nodes > MOST_NODES) {
                throw new Malformed("a schema of too many elements");
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

        /** A value for each slot, null where it is absent. */
        private List<@Nullable Object> table(List<String> shape, int table, int depth) {
            counted(1);
            if (depth > DEEPEST) {
                throw new Malformed("a schema of too many levels");
            }
            List<@Nullable Object> values = new ArrayList<>();
            for (int i = 0; i < Math.max(shape.size(), slots(table)); i++) {
                int at = slot(table, i);
                if (i >= shape.size() && at != 0) {
                    throw new Malformed("a field that is not known");
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
                // Every byte has a character of its own here, so equal texts are equal bytes.
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

    /** Changes the key-values of a message. */
    private static final class Change {
        private byte[] bytes;
        private Flat flat;

        Change(byte[] original) {
            this.bytes = original.clone();
            this.flat = Flat.of(bytes);
        }

        byte[] keep(Map<String, String> kept) {
            int schema = flat.pointed(flat.slot(flat.pointed(flat.start), HEADER));
            int vectorAt = flat.slot(schema, SCHEMA_METADATA);
            if (vectorAt != 0) {
                Set<Integer> removed = new HashSet<>();
                for (int pair : flat.elements(vectorAt)) {
                    String value = kept.get(flat.text(flat.slot(pair, 0), StandardCharsets.UTF_8));
                    if (value == null) {
                        removed.add(pair);
                    } else {
                        replace(flat.slot(pair, VALUE), value.getBytes(StandardCharsets.UTF_8));
                    }
                }
                remove(flat.pointed(vectorAt), removed);
            }
            return bytes;
        }

        private void replace(int at, byte[] value) {
            int text = flat.pointed(at);
            int length = flat.in.getInt(text);
            Arrays.fill(bytes, text + 4, text + 4 + length, (byte) 0);
            int place = value.length <= length ? text : append(value.length);
            flat.in.putInt(place, value.length);
            flat.in.put(place + 4, value);
            flat.in.putInt(at, place - at);
        }

        /** Room for a text of that length and the zero behind it, at the end of the message. */
        private int append(int length) {
            int place = bytes.length;
            int head = flat.start;
            int grown = (4 + length + 1 + 7) / 8 * 8;
            // Places count from the start of the message; a length that is no multiple of eight is made one on the way.
            int misfit = Math.floorMod(-(place - head), 8);
            bytes = Arrays.copyOf(bytes, place + misfit + grown);
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(head - 4, bytes.length - head);
            flat = Flat.of(bytes);
            return place + misfit;
        }

        /** Closes the gaps in a vector of tables; what is left of those removed is blank. */
        private void remove(int vector, Set<Integer> removed) {
            int count = flat.in.getInt(vector);
            int left = 0;
            for (int i = 0; i < count; i++) {
                int from = vector + 4 * (i + 1);
                int pair = flat.pointed(from);
                if (removed.contains(pair)) {
                    blank(flat.pointed(flat.slot(pair, VALUE)));
                } else {
                    left++;
                    int to = vector + 4 * left;
                    flat.in.putInt(to, pair - to);
                }
            }
            Arrays.fill(bytes, vector + 4 * (left + 1), vector + 4 * (count + 1), (byte) 0);
            flat.in.putInt(vector, left);
        }

        private void blank(int text) {
            Arrays.fill(bytes, text + 4, text + 4 + flat.in.getInt(text), (byte) 0);
        }
    }
}
