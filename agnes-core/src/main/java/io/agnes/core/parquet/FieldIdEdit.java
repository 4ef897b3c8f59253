// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import io.agnes.core.composite.Part;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Gives the fields of a finished file their ids, by a new footer in place. No page is read or moved. */
public final class FieldIdEdit {
    private FieldIdEdit() {}

    /**
     * Edits a draft, which no reader has opened yet. A file that is not valid Parquet stays as it is. After a failure the end
     * of the file may be missing; the caller deletes it.
     *
     * @param sources the schemas of the files that it was written from: the field ids on which they agree count as its own.
     *     Empty if it was not written from Parquet files
     * @return whether the file has changed
     * @throws io.agnes.core.AgnesException if ids cannot be given; the file is unchanged
     */
    public static boolean apply(Path file, FieldIds fieldIds, List<ParquetSchema> sources)
            throws IOException, InterruptedException {
        ParquetFile.Footer footer;
        try (Part part = Part.of(file)) {
            footer = ParquetFile.Footer.read(part);
        } catch (UnusablePartException e) {
            return false;
        }
        ParquetSchema schema = footer.check().schema();
        Span before = footer.tail().footer().schema();
        AgreedIds carried = AgreedIds.of(sources.isEmpty() ? List.of(schema) : sources);
        SchemaWithIds edited = SchemaWithIds.of(before, schema, carried, fieldIds);
        if (edited.encoded().sameAs(before)) {
            return false;
        }
        replace(file, footer.tail().dataEnd(), footer.tail().footer().withSchema(edited.encoded()));
        return true;
    }

    private static void replace(Path file, long from, byte[] footer) throws IOException {
        ByteBuffer end = ByteBuffer.allocate(footer.length + Tail.TRAILER_BYTES);
        end.put(footer).put(Tail.trailer(footer.length)).flip();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(from);
            for (long at = from; end.hasRemaining(); ) {
                at += channel.write(end, at);
            }
        }
    }
}
