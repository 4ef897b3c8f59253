// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.composite;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A part in memory that records all reads. */
public final class InMemoryPart implements Part {
    private final String name;
    private final byte[] bytes;
    private final List<String> reads = Collections.synchronizedList(new ArrayList<>());

    public InMemoryPart(String name, byte[] bytes) {
        this.name = name;
        this.bytes = bytes;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long length() {
        return bytes.length;
    }

    /** The reads as {@code offset+length}, in order. */
    public List<String> reads() {
        return reads;
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        reads.add(offset + "+" + into.remaining());
        if (offset < 0 || offset > bytes.length - into.remaining()) {
            throw new EOFException(
                    name + " has " + bytes.length + " bytes, asked for " + offset + " + " + into.remaining());
        }
        into.put(bytes, (int) offset, into.remaining());
    }
}
