// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * Reads Thrift's compact protocol, as far as Parquet uses it, from an array. It returns values as {@link Span}s of the array
 * and copies nothing. Every failure is a {@link MalformedParquetException}.
 */
final class CompactReader {
    static final int TRUE = 1;
    static final int FALSE = 2;
    static final int I8 = 3;
    static final int I16 = 4;
    static final int I32 = 5;
    static final int I64 = 6;
    static final int DOUBLE = 7;
    static final int BINARY = 8;
    static final int LIST = 9;
    static final int SET = 10;
    static final int MAP = 11;
    static final int STRUCT = 12;
    static final int UUID = 13;

    private final byte[] bytes;
    private final int limit;
    private int position;

    CompactReader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    CompactReader(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.position = from;
        this.limit = to;
    }

    byte[] bytes() {
        return bytes;
    }

    int position() {
        return position;
    }

    /** A new reader at the same position. */
    CompactReader copy() {
        return new CompactReader(bytes, position, limit);
    }

    /** Starts reading the structure at this position. */
    StructReader struct() {
        return struct(ThriftStruct.OTHER);
    }

    /** @param kind the structure, for error messages */
    StructReader struct(ThriftStruct kind) {
        return new StructReader(kind);
    }

    /** Reads the header of a list of structures and returns the number of elements, at most {@code bound}. */
    int structs(int bound) {
        int head = octet();
        int size = (head >> 4) == 15 ? size() : head >> 4;
        int type = head & 15;
        if (size > 0 && type != STRUCT) {
            throw new MalformedParquetException("a list of structures holds " + ThriftStruct.word(type));
        }
        return bounded(size, bound);
    }

    /** Reads the header of a list of numbers or strings and returns the number of elements. */
    int list(int elementType) {
        int head = octet();
        int size = (head >> 4) == 15 ? size() : head >> 4;
        if (size > 0 && (head & 15) != elementType) {
            throw new MalformedParquetException("a list that should hold " + ThriftStruct.word(elementType)
                    + " each holds " + ThriftStruct.word(head & 15));
        }
        return bounded(size, Integer.MAX_VALUE);
    }

    int i32() {
        long value = i64();
        if (value != (int) value) {
            throw new MalformedParquetException("the number " + value + " does not fit 32 bits");
        }
        return (int) value;
    }

    long i64() {
        long raw = varint();
        return (raw >>> 1) ^ -(raw & 1);
    }

    String text() {
        return text(StandardCharsets.UTF_8);
    }

    private String text(Charset charset) {
        int length = size();
        int from = advance(length);
        return new String(bytes, from, length, charset);
    }

    /** Skips a value of this type. */
    void skip(int type) {
        skip(type, 0);
    }

    private void skip(int type, int depth) {
        if (depth > ParquetLimits.STRUCT_DEPTH) {
            throw new LimitExceededException(
                    "its structures are nested too deep, more than " + ParquetLimits.STRUCT_DEPTH + " levels");
        }
        switch (type) {
            case TRUE, FALSE -> {}
            case I8 -> advance(1);
            case I16, I32, I64 -> varint();
            case DOUBLE -> advance(8);
            case BINARY -> advance(size());
            case LIST, SET -> skipList(depth);
            case MAP -> skipMap(depth);
            case STRUCT -> {
                StructReader fields = struct();
                while (fields.next()) {
                    skip(fields.type(), depth + 1);
                }
            }
            case UUID -> advance(16);
            default -> throw new MalformedParquetException("a value is " + ThriftStruct.word(type));
        }
    }

    private void skipList(int depth) {
        int head = octet();
        int size = (head >> 4) == 15 ? size() : head >> 4;
        skipElements(bounded(size, Integer.MAX_VALUE), head & 15, depth);
    }

    private void skipMap(int depth) {
        int size = size();
        if (size == 0) {
            return;
        }
        int types = octet();
        for (int i = bounded(size, Integer.MAX_VALUE); i > 0; i--) {
            skipElements(1, types >> 4, depth);
            skipElements(1, types & 15, depth);
        }
    }

    private void skipElements(int count, int type, int depth) {
        if (type == TRUE || type == FALSE || type == I8) {
            advance(count);
            return;
        }
        for (int i = 0; i < count; i++) {
            skip(type, depth + 1);
        }
    }

    /** Checks a number of elements against the bytes left, since each element takes at least one byte, and the bound. */
    private int bounded(int size, int bound) {
        if (size > limit - position) {
            throw new MalformedParquetException("a list of " + size + " elements in " + (limit - position) + " bytes");
        }
        if (size > bound) {
            throw new LimitExceededException(
                    "a list of " + size + " elements is too large, at most " + bound + " are read");
        }
        return size;
    }

    private int size() {
        long value = varint();
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw new MalformedParquetException("a size of " + Long.toUnsignedString(value));
        }
        return (int) value;
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int octet = octet();
            value |= (long) (octet & 0x7f) << shift;
            if (octet < 0x80) {
                return value;
            }
        }
        throw new MalformedParquetException("a number longer than ten bytes at " + position);
    }

    private int octet() {
        if (position >= limit) {
            throw new MalformedParquetException("ends in the middle of a value at " + limit);
        }
        return bytes[position++] & 0xff;
    }

    private int advance(int count) {
        if (count > limit - position) {
            throw new MalformedParquetException(
                    "a value of " + count + " bytes where " + (limit - position) + " are left");
        }
        int from = position;
        position += count;
        return from;
    }

    /** Reads the fields of one structure. After {@link #next()} the caller reads or skips the value before the next call. */
    final class StructReader {
        private final ThriftStruct kind;
        private int id;
        private int type;
        private long seen;

        private StructReader(ThriftStruct kind) {
            this.kind = kind;
        }

        /** Moves to the next field; returns false at the end of the structure. */
        boolean next() {
            int head = octet();
            if (head == 0) {
                return false;
            }
            type = head & 15;
            id = (head >> 4) == 0 ? longId() : id + (head >> 4);
            if (id < 1 || id > Short.MAX_VALUE) {
                throw new MalformedParquetException("a field with the id " + id);
            }
            refuseDuplicate();
            return true;
        }

        int id() {
            return id;
        }

        int type() {
            return type;
        }

        int i32() {
            expect(I32);
            return CompactReader.this.i32();
        }

        int i16() {
            expect(I16);
            return CompactReader.this.i32();
        }

        long i64() {
            expect(I64);
            return CompactReader.this.i64();
        }

        String text() {
            expect(BINARY);
            return CompactReader.this.text();
        }

        String text(Charset charset) {
            expect(BINARY);
            return CompactReader.this.text(charset);
        }

        boolean bool() {
            if (type != FALSE) {
                expect(TRUE);
            }
            return type == TRUE;
        }

        int i8() {
            expect(I8);
            return (byte) octet();
        }

        StructReader struct() {
            return struct(ThriftStruct.OTHER);
        }

        StructReader struct(ThriftStruct kind) {
            expect(STRUCT);
            return CompactReader.this.struct(kind);
        }

        int structs(int bound) {
            expect(LIST);
            return CompactReader.this.structs(bound);
        }

        int list(int elementType) {
            expect(LIST);
            return CompactReader.this.list(elementType);
        }

        /** Skips the value. */
        void skip() {
            CompactReader.this.skip(type);
        }

        /** Skips the value and returns it as a span. */
        Span span() {
            int from = position;
            skip();
            return new Span(bytes, type, from, position);
        }

        private void expect(int expected) {
            if (type != expected) {
                throw unexpectedType(expected);
            }
        }

        /** The exception for a value whose type is not the expected one. */
        MalformedParquetException unexpectedType(int expected) {
            return new MalformedParquetException(
                    kind.field(id) + " is " + ThriftStruct.word(type) + ", expected " + ThriftStruct.word(expected));
        }

        private int longId() {
            return CompactReader.this.i32();
        }

        /** Refuses a field that occurs twice, because readers differ in which value they take. */
        private void refuseDuplicate() {
            if (id < 64) {
                if ((seen & (1L << id)) != 0) {
                    throw new MalformedParquetException(kind.field(id) + " comes twice");
                }
                seen |= 1L << id;
            }
        }
    }
}
