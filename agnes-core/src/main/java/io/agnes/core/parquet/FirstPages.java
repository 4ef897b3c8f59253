// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import io.agnes.core.composite.Part;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Looks whether a page begins wherever a footer says that the first one of a column is. */
final class FirstPages {
    private final Part file;
    private final long dataEnd;

    FirstPages(Part file, long dataEnd) {
        this.file = file;
        this.dataEnd = dataEnd;
    }

    /** The first thing that is wrong, if any. Costs one or two small reads for each column of each row group. */
    Optional<String> problem(FileFooter footer, ParquetSchema schema) throws IOException, InterruptedException {
        CompactReader in = footer.rowGroupReader();
        for (int group = 0; group < footer.rowGroupCount(); group++) {
            RowGroup read = RowGroup.read(in);
            for (int i = 0; i < read.chunks.size(); i++) {
                Optional<String> problem = problem(read.chunks.get(i));
                if (problem.isPresent()) {
                    String column = ParquetLimits.quoted(schema.columns().get(i).name());
                    return Optional.of("row group " + group + ", column " + column + ": " + problem.get());
                }
            }
        }
        return Optional.empty();
    }

    private Optional<String> problem(Chunk chunk) throws IOException, InterruptedException {
        if (chunk.values == 0) {
            return Optional.empty();
        }
        Optional<String> first = problem(chunk.firstByte());
        return first.isPresent() || chunk.firstByte() == chunk.dataPageOffset ? first : problem(chunk.dataPageOffset);
    }

    private Optional<String> problem(long offset) throws IOException, InterruptedException {
        byte[] bytes = new byte[(int) Math.min(PageHeader.BYTES, dataEnd - offset)];
        file.read(offset, ByteBuffer.wrap(bytes));
        return Optional.ofNullable(PageHeader.problem(bytes, dataEnd - offset))
                .map(problem -> "at byte " + offset + ": " + problem);
    }
}
