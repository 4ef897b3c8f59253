// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Util;

/** Checks pages with the generated Thrift structures of the format. */
final class Pages {
    private Pages() {}

    /** Asserts that a data page with its header begins at this offset and has this length. */
    static void assertDataPage(Path file, long offset, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        try (FileChannel channel = FileChannel.open(file)) {
            channel.read(bytes, offset);
        }
        ByteArrayInputStream in = new ByteArrayInputStream(bytes.array());
        PageHeader header = Util.readPageHeader(in);
        int headerBytes = length - in.available();
        assertTrue(header.getType() == PageType.DATA_PAGE || header.getType() == PageType.DATA_PAGE_V2);
        assertEquals(length, headerBytes + header.getCompressed_page_size());
    }
}
