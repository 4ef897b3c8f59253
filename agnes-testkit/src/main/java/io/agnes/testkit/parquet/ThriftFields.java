// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit.parquet;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A structure of Thrift's compact protocol: its fields by id. Values are {@code Boolean}, {@code Long}, {@code Double},
 * {@code byte[]}, {@link Array} and {@code ThriftFields}. Writing what was read keeps fields that this code does not know.
 */
final class ThriftFields {
    private static final int TRUE = 1;
    private static final int FALSE = 2;
    private static final int BYTE = 3;
    private static final int I32 = 5;
    private static final int I64 = 6;
    private static final int DOUBLE = 7;
    private static final int BINARY = 8;
    private static final int LIST = 9;
    private static final int SET = 10;
    static final int STRUCT = 12;

    private final Map<Integer, Field> fields = new TreeMap<>();

    private record Field(int type, Object value) {}

    /** @param elementType the compact protocol's number of the type of all elements */
    record Array(int elementType, List<Object> elements) {}

    /** Reads a structure at the position of the buffer and moves the position behind it. */
    static ThriftFields read(ByteBuffer in) {
        ThriftFields read = new ThriftFields();
        int id = 0;
        for (int header = in.get() & 0xff; header != 0; header = in.get() & 0xff) {
            int delta = header >> 4;
            id = delta == 0 ? (int) zigzag(varint(in)) : id + delta;
            int type = header & 0x0f;
            read.fields.put(id, new Field(type, value(in, type, true)));
        }
        return read;
    }

    private static Object value(ByteBuffer in, int type, boolean field) {
        return switch (type) {
            case TRUE, FALSE -> field ? type == TRUE : in.get() == TRUE;
            case BYTE -> (long) in.get();
            case 4, I32, I64 -> zigzag(varint(in));
            case DOUBLE -> {
                double number = in.order(ByteOrder.LITTLE_ENDIAN).getDouble();
                yield number;
            }
            case BINARY -> {
                byte[] bytes = new byte[Math.toIntExact(varint(in))];
                in.get(bytes);
                yield bytes;
            }
            case LIST, SET -> array(in);
            case STRUCT -> read(in);
            default -> throw new IllegalArgumentException("Thrift type " + type + " is not supported");
        };
    }

    private static Array array(ByteBuffer in) {
        int header = in.get() & 0xff;
        int count = header >> 4;
        if (count == 15) {
            count = Math.toIntExact(varint(in));
        }
        List<Object> elements = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            elements.add(value(in, header & 0x0f, false));
        }
        return new Array(header & 0x0f, elements);
    }

    private static long varint(ByteBuffer in) {
        long number = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = in.get();
            number |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return number;
            }
        }
        throw new IllegalArgumentException("A Thrift number has more than ten bytes");
    }

    private static long zigzag(long number) {
        return (number >>> 1) ^ -(number & 1);
    }

    byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        write(out);
        return out.toByteArray();
    }

    private void write(ByteArrayOutputStream out) {
        int last = 0;
        for (Map.Entry<Integer, Field> entry : fields.entrySet()) {
            int id = entry.getKey();
            Object value = entry.getValue().value;
            int type = entry.getValue().type;
            if (value instanceof Boolean flag) {
                type = flag ? TRUE : FALSE;
            }
            if (id - last <= 15) {
                out.write(((id - last) << 4) | type);
            } else {
                out.write(type);
                varint(out, (long) id << 1);
            }
            last = id;
            if (!(value instanceof Boolean)) {
                write(out, type, value);
            }
        }
        out.write(0);
    }

    private static void write(ByteArrayOutputStream out, int type, Object value) {
        switch (value) {
            case Boolean flag -> out.write(flag ? TRUE : FALSE);
            case Long number when type == BYTE -> out.write(number.intValue());
            case Long number -> varint(out, (number << 1) ^ (number >> 63));
            case Double number ->
                out.writeBytes(ByteBuffer.allocate(Double.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putDouble(number)
                        .array());
            case byte[] bytes -> {
                varint(out, bytes.length);
                out.writeBytes(bytes);
            }
            case Array array -> {
                int count = array.elements.size();
                out.write((Math.min(count, 15) << 4) | array.elementType);
                if (count >= 15) {
                    varint(out, count);
                }
                array.elements.forEach(element -> write(out, array.elementType, element));
            }
            case ThriftFields struct -> struct.write(out);
            default -> throw new IllegalStateException("Not a Thrift value: " + value);
        }
    }

    private static void varint(ByteArrayOutputStream out, long number) {
        long left = number;
        while ((left & ~0x7fL) != 0) {
            out.write((int) ((left & 0x7f) | 0x80));
            left >>>= 7;
        }
        out.write((int) left);
    }

    boolean has(int id) {
        return fields.containsKey(id);
    }

    private @Nullable Object value(int id) {
        Field field = fields.get(id);
        return field == null ? null : field.value;
    }

    /** The number in a field; 0 if there is no such field. */
    long number(int id) {
        return value(id) instanceof Long number ? number : 0;
    }

    String text(int id) {
        return value(id) instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : "";
    }

    /** The structure in a field, which must exist. */
    ThriftFields struct(int id) {
        if (value(id) instanceof ThriftFields struct) {
            return struct;
        }
        throw new IllegalArgumentException("Thrift field " + id + " is no structure");
    }

    /** The structures of a list; none if there is no such field. */
    List<ThriftFields> structs(int id) {
        return value(id) instanceof Array array
                ? array.elements.stream().map(ThriftFields.class::cast).toList()
                : List.of();
    }

    ThriftFields remove(int... ids) {
        for (int id : ids) {
            fields.remove(id);
        }
        return this;
    }

    ThriftFields flag(int id, boolean value) {
        return put(id, TRUE, value);
    }

    ThriftFields i32(int id, long value) {
        return put(id, I32, value);
    }

    ThriftFields i64(int id, long value) {
        return put(id, I64, value);
    }

    ThriftFields text(int id, String value) {
        return put(id, BINARY, value.getBytes(StandardCharsets.UTF_8));
    }

    ThriftFields struct(int id, ThriftFields value) {
        return put(id, STRUCT, value);
    }

    ThriftFields structs(int id, List<ThriftFields> values) {
        return put(id, LIST, new Array(STRUCT, List.copyOf(values)));
    }

    ThriftFields texts(int id, List<String> values) {
        List<Object> all = new ArrayList<>();
        values.forEach(value -> all.add(value.getBytes(StandardCharsets.UTF_8)));
        return put(id, LIST, new Array(BINARY, all));
    }

    private ThriftFields put(int id, int type, Object value) {
        fields.put(id, new Field(type, value));
        return this;
    }
}
