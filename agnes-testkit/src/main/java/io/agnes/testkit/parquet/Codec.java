// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit.parquet;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.GZIPOutputStream;

/** The compression of a Parquet file. */
public enum Codec {
    NONE(0, "uncompressed"),
    SNAPPY(1, "snappy"),
    GZIP(2, "gzip"),
    ZSTD(6, "zstd");

    private static final int ZSTD_MAGIC = 0xFD2FB528;
    private static final int ZSTD_BLOCK_BYTES = 128 << 10;
    /** A single segment whose header contains its length in eight bytes. */
    private static final int ZSTD_DESCRIPTOR = 0xE0;

    private final int id;
    private final String duckDbName;

    Codec(int id, String duckDbName) {
        this.id = id;
        this.duckDbName = duckDbName;
    }

    /** The number in the footer. */
    int id() {
        return id;
    }

    /** The value of DuckDB's option {@code COMPRESSION}. */
    public String duckDbName() {
        return duckDbName;
    }

    /**
     * The page in this format. The JDK has no compressor for Snappy and Zstandard, so such pages are valid but contain their
     * bytes uncompressed: as literals or raw blocks.
     */
    byte[] encode(byte[] page) {
        return switch (this) {
            case NONE -> page;
            case SNAPPY -> snappy(page);
            case GZIP -> gzip(page);
            case ZSTD -> zstd(page);
        };
    }

    private static byte[] gzip(byte[] page) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream zipped = new GZIPOutputStream(out)) {
            zipped.write(page);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** The length, then one literal with a length in four bytes. */
    private static byte[] snappy(byte[] page) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(page.length + 10);
        int left = page.length;
        while (left >= 0x80) {
            out.write((left & 0x7f) | 0x80);
            left >>>= 7;
        }
        out.write(left);
        if (page.length > 0) {
            out.write(63 << 2);
            out.writeBytes(littleEndian(page.length - 1));
            out.writeBytes(page);
        }
        return out.toByteArray();
    }

    private static byte[] zstd(byte[] page) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(page.length + 32);
        out.writeBytes(littleEndian(ZSTD_MAGIC));
        out.write(ZSTD_DESCRIPTOR);
        out.writeBytes(littleEndian(page.length));
        out.writeBytes(littleEndian(0));
        int at = 0;
        do {
            int length = Math.min(ZSTD_BLOCK_BYTES, page.length - at);
            int last = at + length == page.length ? 1 : 0;
            out.write(littleEndian((length << 3) | last), 0, 3);
            out.write(page, at, length);
            at += length;
        } while (at < page.length);
        return out.toByteArray();
    }

    private static byte[] littleEndian(int number) {
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(number)
                .array();
    }
}
