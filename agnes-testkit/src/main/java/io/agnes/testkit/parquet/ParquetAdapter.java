// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit.parquet;

import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Rewrites a Parquet file of DuckDB with another schema. If only types differ, a new footer is enough. Required and repeated
 * fields and wide decimals need new pages; then DuckDB must have written the file uncompressed and without bloom filters.
 */
public final class ParquetAdapter {
    private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);
    private static final int TAIL_BYTES = 8;

    private final List<ParquetField> fields;
    private final Codec codec;
    private final Map<String, String> keyValues;

    /**
     * @param fields the columns, in the order of DuckDB's
     * @param codec the compression of the result
     * @param keyValues metadata of the file
     */
    public ParquetAdapter(List<ParquetField> fields, Codec codec, Map<String, String> keyValues) {
        this.fields = List.copyOf(fields);
        this.codec = codec;
        this.keyValues = Map.copyOf(keyValues);
    }

    /** The compression in which DuckDB has to write the file. */
    public Codec sourceCodec() {
        return changesPages() ? Codec.NONE : codec;
    }

    private boolean changesPages() {
        return fields.stream().anyMatch(ParquetField::changesPages);
    }

    /**
     * Replaces a file.
     *
     * @throws IllegalArgumentException if a value is missing where the schema requires one
     */
    public void adapt(Path file) throws IOException {
        if (changesPages()) {
            Path rewritten = file.resolveSibling(file.getFileName() + ".rewritten");
            rewrite(file, rewritten);
            Files.move(rewritten, file, StandardCopyOption.REPLACE_EXISTING);
        } else {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                long start = footerStart(channel);
                ThriftFields footer = footer(channel, start);
                channel.truncate(start).position(start);
                write(Channels.newOutputStream(channel), describe(footer));
            }
        }
    }

    private void rewrite(Path source, Path target) throws IOException {
        try (FileChannel in = FileChannel.open(source, StandardOpenOption.READ);
                OutputStream out = new BufferedOutputStream(Files.newOutputStream(target), 128 << 10)) {
            ThriftFields footer = footer(in, footerStart(in));
            List<ColumnPages> columns = ColumnPages.of(fields);
            out.write(MAGIC);
            long at = MAGIC.length;
            List<ThriftFields> rowGroups = new ArrayList<>();
            for (ThriftFields rowGroup : footer.structs(4)) {
                at = rewrite(in, out, at, rowGroup, columns);
                rowGroups.add(rowGroup);
            }
            write(out, describe(footer.structs(4, rowGroups)));
        }
    }

    private long rewrite(FileChannel in, OutputStream out, long start, ThriftFields rowGroup, List<ColumnPages> columns)
            throws IOException {
        long at = start;
        long uncompressed = 0;
        List<ThriftFields> chunks = rowGroup.structs(1);
        for (int i = 0; i < chunks.size(); i++) {
            ThriftFields chunk = chunks.get(i).i64(2, 0).remove(4, 5, 6, 7);
            ThriftFields metadata = chunk.struct(3);
            ColumnPages column = columns.get(i);
            List<ColumnPages.Page> pages = column.pages(read(in, metadata), codec);
            column.describe(metadata, pages, codec, at);
            for (ColumnPages.Page page : pages) {
                out.write(page.header());
                out.write(page.body());
                at += page.bytes();
                uncompressed += page.uncompressed();
            }
        }
        rowGroup.i64(2, uncompressed).i64(5, start).i64(6, at - start);
        return at;
    }

    private static ByteBuffer read(FileChannel in, ThriftFields metadata) throws IOException {
        long dictionary = metadata.number(11);
        long start = dictionary > 0 ? dictionary : metadata.number(9);
        return read(in, start, Math.toIntExact(metadata.number(7)));
    }

    private static ByteBuffer read(FileChannel in, long start, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (in.read(bytes, start + bytes.position()) < 0) {
                throw new EOFException("The file ends before byte " + (start + length));
            }
        }
        return bytes.flip();
    }

    private static long footerStart(FileChannel in) throws IOException {
        ByteBuffer tail = read(in, in.size() - TAIL_BYTES, TAIL_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        return in.size() - TAIL_BYTES - tail.getInt();
    }

    private static ThriftFields footer(FileChannel in, long start) throws IOException {
        return ThriftFields.read(read(in, start, Math.toIntExact(in.size() - TAIL_BYTES - start)));
    }

    /** Fields of the footer: 2 schema, 5 key_value_metadata. */
    private ThriftFields describe(ThriftFields footer) {
        List<ThriftFields> schema = new ArrayList<>();
        schema.add(new ThriftFields().text(4, "schema").i32(5, fields.size()));
        fields.forEach(field -> field.addTo(schema));
        footer.structs(2, schema).remove(5);
        if (!keyValues.isEmpty()) {
            footer.structs(
                    5,
                    keyValues.entrySet().stream()
                            .map(entry ->
                                    new ThriftFields().text(1, entry.getKey()).text(2, entry.getValue()))
                            .toList());
        }
        return footer;
    }

    private static void write(OutputStream out, ThriftFields footer) throws IOException {
        byte[] bytes = footer.bytes();
        out.write(bytes);
        out.write(ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(bytes.length)
                .array());
        out.write(MAGIC);
        out.flush();
    }
}
