// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import io.agnes.core.composite.InMemoryPart;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.Util;

/** Reads and replaces the footer of a file in memory. */
final class Footers {
    private Footers() {}

    static byte[] footer(byte[] file) {
        int length = length(file);
        return Arrays.copyOfRange(file, file.length - 8 - length, file.length - 8);
    }

    static byte[] replace(byte[] file, byte[] footer) {
        int dataEnd = file.length - 8 - length(file);
        return ByteBuffer.allocate(dataEnd + footer.length + 8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(file, 0, dataEnd)
                .put(footer)
                .putInt(footer.length)
                .put(Tail.MAGIC)
                .array();
    }

    /** Changes the footer with the generated Thrift structures of the format. */
    static byte[] edit(byte[] file, Consumer<FileMetaData> change) throws IOException {
        FileMetaData data = Util.readFileMetaData(new ByteArrayInputStream(footer(file)));
        change.accept(data);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Util.writeFileMetaData(data, out);
        return replace(file, out.toByteArray());
    }

    static FileMetaData read(byte[] file) throws IOException {
        return Util.readFileMetaData(new ByteArrayInputStream(footer(file)));
    }

    static byte[] editBytes(byte[] file, UnaryOperator<byte[]> change) {
        return replace(file, change.apply(footer(file)));
    }

    /** A copy of the written bytes. */
    static byte[] bytes(CompactWriter out) {
        byte[] bytes = new byte[out.length()];
        out.written().get(bytes);
        return bytes;
    }

    /** Adds an unknown field to the end of the footer's structure. */
    static byte[] withUnknownField(byte[] file, int id, long value) {
        return editBytes(file, footer -> {
            CompactWriter out = new CompactWriter(footer.length + 32);
            out.raw(footer, 0, footer.length - 1);
            // The id differs from the last one by more than 15, so the long form is right for every last field.
            out.i64Field(0, id, value);
            out.stop();
            return bytes(out);
        });
    }

    static InMemoryPart part(String name, byte[] file) {
        return new InMemoryPart(name, file);
    }

    private static int length(byte[] file) {
        return ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(file.length - 8);
    }
}
