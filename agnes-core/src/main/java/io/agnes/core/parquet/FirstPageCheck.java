// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import io.agnes.core.composite.Part;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Checks that a page header begins at each offset that a footer gives for the first page of a column chunk. */
final class FirstPageCheck {
    private final Part file;
    private final long dataEnd;

    FirstPageCheck(Part file, long dataEnd) {
        this.file = file;
        this.dataEnd = dataEnd;
    }

    /** The first error, empty if there is none. Makes one or two small reads for each column chunk. */
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

    private Optional<String> problem(ColumnChunk chunk) throws IOException, InterruptedException {
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
