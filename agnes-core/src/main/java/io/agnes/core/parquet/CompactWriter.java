// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes Thrift's compact protocol to a growing array. */
final class CompactWriter {
    private byte[] bytes;
    private int length;

    CompactWriter(int capacity) {
        bytes = new byte[capacity];
    }

    int length() {
        return length;
    }

    /** A view of the bytes written so far. Later writes may change it. */
    ByteBuffer written() {
        return ByteBuffer.wrap(bytes, 0, length);
    }

    /** A copy of the bytes written so far. */
    byte[] toArray() {
        return Arrays.copyOf(bytes, length);
    }

    /**
     * Begins a field.
     *
     * @param last the id of the previous field of the structure, 0 for the first field
     * @return {@code id}, to pass as {@code last} for the next field
     */
    int field(int last, int id, int type) {
        int delta = id - last;
        if (delta > 0 && delta <= 15) {
            octet((delta << 4) | type);
        } else {
            octet(type);
            i64(id);
        }
        return id;
    }

    int i32Field(int last, int id, int value) {
        field(last, id, CompactReader.I32);
        i64(value);
        return id;
    }

    int i64Field(int last, int id, long value) {
        field(last, id, CompactReader.I64);
        i64(value);
        return id;
    }

    int textField(int last, int id, String value) {
        field(last, id, CompactReader.BINARY);
        byte[] encoded = value.getBytes(StandardCharsets.UTF_8);
        varint(encoded.length);
        raw(encoded, 0, encoded.length);
        return id;
    }

    /** Writes a field with a value that was read as a span. */
    int spanField(int last, int id, Span value) {
        field(last, id, value.type());
        span(value);
        return id;
    }

    void span(Span value) {
        raw(value.bytes(), value.from(), value.to());
    }

    void raw(byte[] source, int from, int to) {
        grow(to - from);
        System.arraycopy(source, from, bytes, length, to - from);
        length += to - from;
    }

    void append(CompactWriter other) {
        raw(other.bytes, 0, other.length);
    }

    void structs(int count) {
        list(CompactReader.STRUCT, count);
    }

    void list(int elementType, int count) {
        if (count < 15) {
            octet((count << 4) | elementType);
        } else {
            octet(0xf0 | elementType);
            varint(count);
        }
    }

    /** Ends a structure. */
    void stop() {
        octet(0);
    }

    void i64(long value) {
        varint((value << 1) ^ (value >> 63));
    }

    void octet(int value) {
        grow(1);
        bytes[length++] = (byte) value;
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            octet((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        octet((int) rest);
    }

    private void grow(int count) {
        if (count > bytes.length - length) {
            bytes = Arrays.copyOf(
                    bytes, Math.max(Math.addExact(length, count), (int) Math.min(bytes.length * 2L, 1 << 30)));
        }
    }
}
