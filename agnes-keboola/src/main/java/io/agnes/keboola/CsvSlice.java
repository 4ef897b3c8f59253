// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * A slice of CSV on the disk, and what one pass over it found.
 *
 * @param gzip whether it is compressed, by its first bytes; names and headers are unreliable
 * @param header whether its first record is the names of the columns
 * @param returns whether records end with a carriage return and a line feed
 * @param records how many, without the header
 * @param textBytes its uncompressed length
 * @param longestBytes the length of its longest record
 */
record CsvSlice(
        Path file, boolean gzip, boolean header, boolean returns, long records, long textBytes, long longestBytes) {
    /** The longest record. Cells of several megabytes occur. */
    static final int RECORD_BYTES = 64 << 20;
    /** The ratio below is checked from this many bytes on. */
    static final long RATIO_FROM_BYTES = 100L << 20;
    /** A slice whose text is more than this many times larger is refused as a decompression bomb. */
    static final int RATIO = 200;

    private static final int BUFFER_BYTES = 256 * 1024;
    private static final int GZIP_FIRST = 0x1f;
    private static final int GZIP_SECOND = 0x8b;

    /**
     * @param name of the slice, in messages
     * @throws KeboolaException {@code slice_damaged} if the compression is, {@code export_too_large} beyond a bound
     */
    static CsvSlice scan(Path file, String name, List<String> columns) throws IOException, InterruptedException {
        boolean gzip = isGzip(file);
        long ratioBytes = Math.max(RATIO_FROM_BYTES, Files.size(file) * RATIO);
        CsvScan scan = new CsvScan(columns);
        try (InputStream in = open(file, gzip)) {
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                scan.accept(buffer, read);
                requireBounded(name, scan, gzip ? ratioBytes : Long.MAX_VALUE);
            }
        } catch (ZipException | EOFException e) {
            throw KeboolaException.sliceDamaged(name, "is no whole gzip file", e);
        }
        scan.end();
        if (scan.inQuotes()) {
            throw KeboolaException.sliceDamaged(name, "ends within a quoted cell", null);
        }
        return new CsvSlice(file, gzip, scan.header(), scan.returns(), scan.records(), scan.bytes(), scan.longest());
    }

    private static void requireBounded(String name, CsvScan scan, long ratioBytes) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("reading " + name);
        }
        if (scan.longest() > RECORD_BYTES) {
            throw KeboolaException.tooLarge("a record of slice " + name, RECORD_BYTES + " bytes");
        }
        if (scan.bytes() > ratioBytes) {
            throw KeboolaException.tooLarge("the text in slice " + name, RATIO + " times its compressed size");
        }
    }

    private static boolean isGzip(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] magic = in.readNBytes(2);
            return magic.length == 2 && (magic[0] & 0xff) == GZIP_FIRST && (magic[1] & 0xff) == GZIP_SECOND;
        }
    }

    /** The JDK reads on from member to member, and checks each one's sum and length. */
    private static InputStream open(Path file, boolean gzip) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES);
        return gzip ? new GZIPInputStream(in, BUFFER_BYTES) : in;
    }

    /** Two slices with the same format are read in one scan. */
    boolean readsLike(CsvSlice other) {
        return gzip == other.gzip && header == other.header && returns == other.returns;
    }
}
