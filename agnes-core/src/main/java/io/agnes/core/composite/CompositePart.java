// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.composite;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.List;

record CompositePart(String name, Composite composite, List<Part> parts) implements Part {
    @Override
    public long length() {
        return composite.length();
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException, InterruptedException {
        for (Segment segment : range(offset, into.remaining())) {
            switch (segment) {
                case Segment.PartRange range -> {
                    int limit = into.limit();
                    into.limit(into.position() + (int) range.length());
                    parts.get(range.part()).read(range.offset(), into);
                    into.limit(limit);
                }
                case Segment.Literal literal -> into.put(literal.bytes());
            }
        }
    }

    @Override
    public void transferTo(long offset, long length, WritableByteChannel target)
            throws IOException, InterruptedException {
        range(offset, length);
        composite.writeTo(parts, offset, length, target);
    }

    private List<Segment> range(long offset, long length) throws EOFException {
        if (offset > length() - length) {
            throw new EOFException(name + " ends at byte " + length() + ", expected " + offset + " + " + length);
        }
        return composite.range(offset, length);
    }
}
