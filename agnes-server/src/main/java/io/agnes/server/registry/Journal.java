// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import io.agnes.core.file.FileStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Every transaction since the last snapshot, as its statements and parameters. A transaction is durable once its entry is,
 * before DuckDB commits: DuckDB opens a write-ahead log that was cut short without an error. The file is a sequence of
 * frames (length, CRC32C, content), and the first frame names the history. For one thread at a time.
 */
final class Journal implements AutoCloseable {
    /** A larger frame is damage; the largest transaction is a run over every table. */
    private static final int LARGEST_FRAME_BYTES = 64 * 1024 * 1024;

    private static final int FRAME_HEADER_BYTES = 8;
    private static final String FORMAT = "agnes-journal-1";

    /**
     * A statement that changed something.
     *
     * @param rows how many rows it changed, and must change when it is carried out again
     */
    record Change(String sql, List<@Nullable Object> parameters, int rows) {}

    /** @param sequence counts transactions from 1 */
    record Entry(long sequence, List<Change> changes) {}

    /**
     * The readable content of a journal. A damaged entry is left out, so the sequence has a gap; a damaged last entry was never
     * acknowledged.
     *
     * @param lineage of the registry it belongs to
     * @param base the sequence after which it begins
     * @param length where the next entry is appended
     */
    record Contents(String lineage, long base, List<Entry> entries, long length) {}

    private final FileChannel channel;
    private long length;
    private long before;
    private boolean sure = true;

    private Journal(FileChannel channel, long length) {
        this.channel = channel;
        this.length = length;
        this.before = length;
    }

    /** Reads the file; empty if it is missing or its first frame is damaged. */
    static Optional<Contents> read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        List<Entry> entries = new ArrayList<>();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(channel.size()));
            while (all.hasRemaining() && channel.read(all) >= 0) {}
            all.flip();
            byte[] first = frame(all);
            if (first == null || first.length == 0) {
                return Optional.empty();
            }
            DataInputStream head = new DataInputStream(new ByteArrayInputStream(first));
            if (!head.readUTF().equals(FORMAT)) {
                return Optional.empty();
            }
            String lineage = head.readUTF();
            long base = head.readLong();
            int good = all.position();
            for (byte[] content = frame(all); content != null; content = frame(all)) {
                if (content.length > 0) {
                    entries.add(entry(content));
                    good = all.position();
                }
            }
            return Optional.of(new Contents(lineage, base, List.copyOf(entries), good));
        }
    }

    /** The next frame's content; empty if it is damaged, null if there is no whole one left. */
    private static byte @Nullable [] frame(ByteBuffer from) {
        if (from.remaining() < FRAME_HEADER_BYTES) {
            return null;
        }
        int size = from.getInt();
        int checksum = from.getInt();
        if (size <= 0 || size > LARGEST_FRAME_BYTES || size > from.remaining()) {
            return null;
        }
        byte[] content = new byte[size];
        from.get(content);
        return crc(content) == checksum ? content : new byte[0];
    }

    private static int crc(byte[] content) {
        CRC32C crc = new CRC32C();
        crc.update(content);
        return (int) crc.getValue();
    }

    /** Begins a new journal in place of the last one, whose entries are in a snapshot. */
    static Journal begin(FileStore files, Path file, String lineage, long base) throws IOException {
        Path draft = file.resolveSibling(file.getFileName() + ".draft");
        files.delete(draft);
        FileChannel channel = files.create(draft);
        try {
            PrivateFiles.hide(draft);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (DataOutputStream out = new DataOutputStream(bytes)) {
                out.writeUTF(FORMAT);
                out.writeUTF(lineage);
                out.writeLong(base);
            }
            Journal journal = new Journal(channel, 0);
            journal.append(bytes.toByteArray());
            files.rename(draft, file);
            files.syncDirectory(PrivateFiles.directory(file));
            return journal;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Continues a journal after its last good entry. */
    static Journal resume(Path file, Contents contents) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        channel.truncate(contents.length());
        return new Journal(channel, contents.length());
    }

    /** Appends an entry, which is on the disk when this returns. A failure truncates the file again, if that is possible. */
    void append(Entry entry) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeLong(entry.sequence());
            out.writeInt(entry.changes().size());
            for (Change change : entry.changes()) {
                writeText(out, change.sql());
                out.writeInt(change.rows());
                out.writeInt(change.parameters().size());
                for (Object parameter : change.parameters()) {
                    writeValue(out, parameter);
                }
            }
        }
        append(bytes.toByteArray());
    }

    private void append(byte[] content) throws IOException {
        if (content.length > LARGEST_FRAME_BYTES) {
            throw new IOException("a transaction of " + content.length + " bytes, at most " + LARGEST_FRAME_BYTES);
        }
        ByteBuffer frame = ByteBuffer.allocate(FRAME_HEADER_BYTES + content.length)
                .putInt(content.length)
                .putInt(crc(content))
                .put(content)
                .flip();
        before = length;
        long at = length;
        try {
            while (frame.hasRemaining()) {
                at += channel.write(frame, at);
            }
        } catch (IOException e) {
            undo();
            throw e;
        }
        length = at;
        sync();
    }

    /** Removes the last entry, whose transaction was not committed. */
    void undo() throws IOException {
        sure = false;
        channel.truncate(before);
        length = before;
        sure = true;
        sync();
    }

    private void sync() throws IOException {
        sure = false;
        channel.force(false);
        sure = true;
    }

    /** Whether the content on the disk is known; after a failed fsync it is not. */
    boolean isSure() {
        return sure;
    }

    long length() {
        return length;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private static Entry entry(byte[] content) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(content));
        long sequence = in.readLong();
        List<Change> changes = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            String sql = readText(in);
            int rows = in.readInt();
            List<@Nullable Object> parameters = new ArrayList<>();
            for (int more = in.readInt(); more > 0; more--) {
                parameters.add(readValue(in));
            }
            changes.add(new Change(sql, Collections.unmodifiableList(parameters), rows));
        }
        return new Entry(sequence, List.copyOf(changes));
    }

    private static void writeValue(DataOutputStream out, @Nullable Object value) throws IOException {
        switch (value) {
            case null -> out.writeByte('0');
            case String text -> {
                out.writeByte('s');
                writeText(out, text);
            }
            case Long number -> {
                out.writeByte('l');
                out.writeLong(number);
            }
            case Integer number -> {
                out.writeByte('i');
                out.writeInt(number);
            }
            case Boolean truth -> {
                out.writeByte('b');
                out.writeBoolean(truth);
            }
            case Instant instant -> {
                out.writeByte('t');
                out.writeLong(instant.getEpochSecond());
                out.writeInt(instant.getNano());
            }
            case Object other ->
                throw new IllegalStateException(
                        "the journal knows no " + other.getClass().getName());
        }
    }

    private static @Nullable Object readValue(DataInputStream in) throws IOException {
        byte type = in.readByte();
        return switch (type) {
            case '0' -> null;
            case 's' -> readText(in);
            case 'l' -> in.readLong();
            case 'i' -> in.readInt();
            case 'b' -> in.readBoolean();
            case 't' -> Instant.ofEpochSecond(in.readLong(), in.readInt());
            default -> throw new IOException("the journal holds a value of an unknown type " + type);
        };
    }

    private static void writeText(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String readText(DataInputStream in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
