// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import io.agnes.core.composite.Part;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A Parquet part whose footer says of chosen columns whether their times are in UTC, whatever the file says. Some writers,
 * BigQuery among them, mark instants as local times. Length, offsets and pages are those of the part: only the flag
 * {@code isAdjustedToUTC} in the schema differs, which takes the same space either way. So a plan, a merge in place and a
 * rewrite of the part all see the right types.
 */
public final class CorrectedTimes implements Part {
    private final Part part;
    private final long dataEnd;
    private final byte[] end;

    private CorrectedTimes(Part part, long dataEnd, byte[] end) {
        this.part = part;
        this.dataEnd = dataEnd;
        this.end = end;
    }

    /** Says what the flag of a column must be. */
    @FunctionalInterface
    public interface Rule {
        /**
         * Whether the times of a column are in UTC.
         *
         * @param path the names from the outermost group to the column, with the groups that form a list
         * @return empty to leave the flag as it is
         */
        Optional<Boolean> adjustedToUtc(List<String> path);
    }

    /**
     * Reads the footer and corrects the flags of its TIME and TIMESTAMP columns. Closing the result closes the part.
     *
     * @return the part itself if its flags are right, or if its footer cannot be read; a plan says why
     */
    public static Part of(Part part, Rule rule) throws IOException, InterruptedException {
        Tail tail;
        try {
            tail = Tail.readFooter(part);
        } catch (UnusablePartException e) {
            return part;
        }
        byte[] footer = tail.footer().bytes().clone();
        try {
            Correction correction = new Correction(footer, tail.footer().schema(), rule);
            return correction.run() ? new CorrectedTimes(part, tail.dataEnd(), withTrailer(footer)) : part;
        } catch (MalformedParquetException e) {
            return part;
        }
    }

    private static byte[] withTrailer(byte[] footer) {
        byte[] trailer = Tail.trailer(footer.length);
        return ByteBuffer.allocate(footer.length + trailer.length)
                .put(footer)
                .put(trailer)
                .array();
    }

    @Override
    public String name() {
        return part.name();
    }

    @Override
    public long length() {
        return part.length();
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException, InterruptedException {
        int length = into.remaining();
        int fromPart = (int) bytesOfPart(offset, length);
        if (fromPart > 0) {
            int limit = into.limit();
            part.read(offset, into.limit(into.position() + fromPart));
            into.limit(limit);
        }
        into.put(end(offset + fromPart, length - fromPart));
    }

    @Override
    public void transferTo(long offset, long length, WritableByteChannel target)
            throws IOException, InterruptedException {
        long fromPart = bytesOfPart(offset, length);
        if (fromPart > 0) {
            part.transferTo(offset, fromPart, target);
        }
        ByteBuffer rest = end(offset + fromPart, Math.toIntExact(length - fromPart));
        while (rest.hasRemaining()) {
            target.write(rest);
        }
    }

    private long bytesOfPart(long offset, long length) throws EOFException {
        if (offset < 0 || length < 0 || length > length() - offset) {
            throw new EOFException(name() + " has " + length() + " bytes, asked for " + offset + " + " + length);
        }
        return Math.clamp(dataEnd - offset, 0L, length);
    }

    private ByteBuffer end(long offset, int length) {
        return length == 0 ? ByteBuffer.allocate(0) : ByteBuffer.wrap(end, Math.toIntExact(offset - dataEnd), length);
    }

    @Override
    public void close() throws IOException {
        part.close();
    }

    /** Walks the schema's depth-first list of elements and changes flags in the encoded footer. */
    private static final class Correction {
        /** In the logical types TIME and TIMESTAMP. */
        private static final int ADJUSTED_TO_UTC = 1;

        private final byte[] footer;
        private final CompactReader in;
        private final Rule rule;
        private int left;
        private boolean changes;

        Correction(byte[] footer, Span schema, Rule rule) {
            this.footer = footer;
            this.in = new CompactReader(footer, schema.from(), schema.to());
            this.rule = rule;
        }

        /** Whether a flag has changed. */
        boolean run() {
            left = in.structs(ParquetLimits.SCHEMA_ELEMENTS);
            children(read(), List.of());
            return changes;
        }

        private SchemaElement read() {
            if (left == 0) {
                throw new MalformedParquetException("the schema ends within a group");
            }
            left--;
            return SchemaElement.read(in);
        }

        private void children(SchemaElement group, List<String> parents) {
            if (parents.size() > ParquetLimits.SCHEMA_DEPTH) {
                throw new LimitExceededException(
                        "its groups are nested too deep, more than " + ParquetLimits.SCHEMA_DEPTH + " levels");
            }
            for (int i = 0; i < group.children(); i++) {
                CompactReader encoded = in.copy();
                SchemaElement element = read();
                List<String> path = new ArrayList<>(parents);
                path.add(element.name());
                if (element.isColumn()) {
                    correct(element, path, encoded);
                } else {
                    children(element, path);
                }
            }
        }

        private void correct(SchemaElement element, List<String> path, CompactReader encoded) {
            String kind = element.annotation().kind();
            if (kind.equals("TIME") || kind.equals("TIMESTAMP")) {
                rule.adjustedToUtc(path).ifPresent(utc -> setFlag(encoded, utc));
            }
        }

        /** Leaves an element that has only the deprecated annotation: that one means UTC. */
        private void setFlag(CompactReader encoded, boolean utc) {
            CompactReader.StructReader element = encoded.struct();
            while (element.next()) {
                if (element.id() == SchemaElement.LOGICAL_TYPE) {
                    CompactReader.StructReader union = element.struct();
                    while (union.next()) {
                        setFlag(encoded, union.struct(), utc);
                    }
                } else {
                    element.skip();
                }
            }
        }

        /** The compact protocol keeps a truth value in the low four bits of the field's header. */
        private void setFlag(CompactReader encoded, CompactReader.StructReader time, boolean utc) {
            int header = encoded.position();
            while (time.next()) {
                if (time.id() == ADJUSTED_TO_UTC && time.bool() != utc) {
                    footer[header] =
                            (byte) ((footer[header] & 0xf0) | (utc ? CompactReader.TRUE : CompactReader.FALSE));
                    changes = true;
                } else {
                    time.skip();
                }
                header = encoded.position();
            }
        }
    }
}
