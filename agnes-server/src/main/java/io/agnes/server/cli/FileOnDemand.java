// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.composite.Part;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A local file that is opened for each read, so that the limit on open files does not limit the number of parts. A read
 * fails if the file was changed or replaced after this object was created.
 */
final class FileOnDemand implements Part {
    private final Path file;
    private final State state;

    private FileOnDemand(Path file, State state) {
        this.file = file;
        this.state = state;
    }

    /** Identifies the content of a file without reading it. */
    private record State(
            long length, FileTime modified, @Nullable Object key) {
        static State of(Path file) throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                throw new IOException("it is not a regular file");
            }
            return new State(attributes.size(), attributes.lastModifiedTime(), attributes.fileKey());
        }
    }

    static FileOnDemand of(Path file) {
        try {
            return new FileOnDemand(file, State.of(file));
        } catch (IOException e) {
            throw CommandException.unreadableFile("file", file, e);
        }
    }

    Path path() {
        return file;
    }

    /** The path as given. */
    @Override
    public String name() {
        return file.toString();
    }

    @Override
    public long length() {
        return state.length();
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException, InterruptedException {
        try (Part open = open()) {
            open.read(offset, into);
        }
    }

    @Override
    public void transferTo(long offset, long length, WritableByteChannel target)
            throws IOException, InterruptedException {
        try (Part open = open()) {
            open.transferTo(offset, length, target);
        }
    }

    private Part open() throws IOException {
        Part open = Part.of(file);
        try {
            if (!Objects.equals(State.of(file), state)) {
                throw new IOException("file " + CommandException.shown(file) + " was changed in the meantime");
            }
            return open;
        } catch (IOException e) {
            open.close();
            throw e;
        }
    }
}
