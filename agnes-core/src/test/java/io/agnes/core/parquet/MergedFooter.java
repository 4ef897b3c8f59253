// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.Util;

/** Reads the merged footer from a plan. */
final class MergedFooter {
    private MergedFooter() {}

    static byte[] footerBytes(MergePlan plan) {
        ByteBuffer tail = plan.tail().bytes();
        byte[] footer = new byte[(int) plan.footerBytes()];
        tail.get(tail.limit() - 8 - footer.length, footer);
        return footer;
    }

    static FileMetaData footer(MergePlan plan) throws IOException {
        return Util.readFileMetaData(new ByteArrayInputStream(footerBytes(plan)));
    }
}
