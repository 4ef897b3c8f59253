// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.zip.CRC32C;

/** Passes bytes on and computes their CRC32C. For one thread. */
public final class Crc32cChannel implements WritableByteChannel {
    private final WritableByteChannel to;
    private final CRC32C crc = new CRC32C();

    /** Does not close the target. */
    public Crc32cChannel(WritableByteChannel to) {
        this.to = to;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
        ByteBuffer written = bytes.duplicate();
        int count = to.write(bytes);
        crc.update(written.limit(written.position() + count));
        return count;
    }

    /** The CRC32C of the bytes so far. */
    public int value() {
        return (int) crc.getValue();
    }

    @Override
    public boolean isOpen() {
        return to.isOpen();
    }

    /** Leaves the target open. */
    @Override
    public void close() {}
}
