// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit.parquet;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One column of DuckDB's file and its place in the new schema. In DuckDB's file every value, group and list is optional, and a
 * list is a group around a repeated group. Its pages are uncompressed data pages of the first version.
 */
final class ColumnPages {
    private static final int DICTIONARY_PAGE = 2;
    private static final int DATA_PAGE = 0;

    private final List<String> path;
    private final ParquetField.Leaf leaf;
    /** For each definition level of DuckDB's column from 1 on, whether the new column has it. */
    private final List<Boolean> kept;

    private final int repetitions;

    private ColumnPages(List<String> path, ParquetField.Leaf leaf, List<Boolean> kept, int repetitions) {
        this.path = path;
        this.leaf = leaf;
        this.kept = kept;
        this.repetitions = repetitions;
    }

    /** The columns of a schema, in the order of the chunks of a row group. */
    static List<ColumnPages> of(List<ParquetField> fields) {
        List<ColumnPages> columns = new ArrayList<>();
        fields.forEach(
                field -> add(field, new ColumnPages(List.of(), ParquetField.Leaf.Plain.BYTES, List.of(), 0), columns));
        return columns;
    }

    private static void add(ParquetField field, ColumnPages parent, List<ColumnPages> columns) {
        List<String> path = new ArrayList<>(parent.path);
        path.add(field.name());
        List<Boolean> kept = new ArrayList<>(parent.kept);
        int repetitions = parent.repetitions;
        switch (field.repetition()) {
            case OPTIONAL -> kept.add(true);
            case REQUIRED -> kept.add(false);
            case REPEATED -> {
                // The optional list, its repeated group, and the optional element.
                kept.addAll(List.of(false, true, false));
                repetitions++;
            }
        }
        ParquetField.Leaf leaf = field.leaf();
        ColumnPages self = new ColumnPages(path, leaf == null ? parent.leaf : leaf, kept, repetitions);
        if (leaf != null) {
            columns.add(self);
        }
        field.children().forEach(child -> add(child, self, columns));
    }

    List<String> path() {
        return path;
    }

    boolean isWideDecimal() {
        return leaf instanceof ParquetField.Leaf.Decimal decimal && decimal.bytes() > 16;
    }

    /** A page as it goes to the new file. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Page(boolean dictionary, byte[] header, byte[] body, int uncompressedBytes) {
        long bytes() {
            return (long) header.length + body.length;
        }

        long uncompressed() {
            return (long) header.length + uncompressedBytes;
        }
    }

    /**
     * Reads all pages of a column chunk.
     *
     * @throws IllegalArgumentException if a value is missing where the new schema requires one
     */
    List<Page> pages(ByteBuffer chunk, Codec codec) {
        List<Page> pages = new ArrayList<>();
        while (chunk.hasRemaining()) {
            ThriftFields header = ThriftFields.read(chunk);
            byte[] body = new byte[Math.toIntExact(header.number(3))];
            chunk.get(body);
            pages.add(page(header, ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN), codec));
        }
        return pages;
    }

    private Page page(ThriftFields header, ByteBuffer body, Codec codec) {
        int type = (int) header.number(1);
        byte[] plain = switch (type) {
            case DICTIONARY_PAGE -> values(body, true);
            case DATA_PAGE -> data(header.struct(5), body);
            default -> throw new IllegalArgumentException("DuckDB wrote a page of type " + type);
        };
        byte[] encoded = codec.encode(plain);
        header.i32(2, plain.length).i32(3, encoded.length).remove(4);
        return new Page(type == DICTIONARY_PAGE, header.bytes(), encoded, plain.length);
    }

    private byte[] data(ThriftFields header, ByteBuffer body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (repetitions > 0) {
            put(out, block(body));
        }
        int max = kept.size();
        int newMax = (int) kept.stream().filter(keep -> keep).count();
        int[] levels = Levels.read(ByteBuffer.wrap(block(body)), max, (int) header.number(1));
        for (int i = 0; i < levels.length; i++) {
            levels[i] = level(levels[i], max, newMax);
        }
        if (newMax > 0) {
            put(out, Levels.write(levels, newMax));
        }
        boolean plain = header.number(2) == 0;
        out.writeBytes(values(body, plain));
        return out.toByteArray();
    }

    private int level(int old, int max, int newMax) {
        int level = 0;
        for (int i = 0; i < old; i++) {
            level += kept.get(i) ? 1 : 0;
        }
        if (level == newMax && old < max) {
            throw new IllegalArgumentException("Array cannot have a null element, and a required field no null value;"
                    + " error in writing field " + String.join(".", path));
        }
        return level;
    }

    /** Levels are preceded by their length. */
    private static byte[] block(ByteBuffer body) {
        byte[] block = new byte[body.getInt()];
        body.get(block);
        return block;
    }

    private static void put(ByteArrayOutputStream out, byte[] block) {
        out.writeBytes(ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(block.length)
                .array());
        out.writeBytes(block);
    }

    /** The rest of a page. Plain values of a wide decimal lose their lengths, since they have a fixed one. */
    private byte[] values(ByteBuffer body, boolean plain) {
        byte[] rest = new byte[body.remaining()];
        body.get(rest);
        if (!plain || !isWideDecimal()) {
            return rest;
        }
        ByteBuffer values = ByteBuffer.wrap(rest).order(ByteOrder.LITTLE_ENDIAN);
        ByteArrayOutputStream fixed = new ByteArrayOutputStream(rest.length);
        while (values.hasRemaining()) {
            int length = values.getInt();
            fixed.write(rest, values.position(), length);
            values.position(values.position() + length);
        }
        return fixed.toByteArray();
    }

    /** The chunk's metadata in the new file; offsets and sizes are those of the pages. */
    ThriftFields describe(ThriftFields old, List<Page> pages, Codec codec, long start) {
        long at = start;
        @Nullable Long data = null;
        ThriftFields described = old.texts(3, path)
                .i32(4, codec.id())
                .i64(6, pages.stream().mapToLong(Page::uncompressed).sum())
                .i64(7, pages.stream().mapToLong(Page::bytes).sum())
                // Offsets, bloom filters and histograms of levels, which no longer apply.
                .remove(10, 11, 14, 15, 16, 17);
        for (Page page : pages) {
            if (page.dictionary) {
                described.i64(11, at);
            } else if (data == null) {
                data = at;
            }
            at += page.bytes();
        }
        described.i64(9, data == null ? start : data);
        if (isWideDecimal()) {
            // DuckDB's minimum and maximum are those of bytes, not of numbers.
            described.i32(1, 7).remove(12);
        }
        return described;
    }
}
