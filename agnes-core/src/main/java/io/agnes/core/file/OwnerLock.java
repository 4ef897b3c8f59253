// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A lock file that one process at a time holds. The lock is the kernel's, so it ends with the process, however that ends; the
 * file stays and names the last owner that signed it.
 */
public final class OwnerLock implements AutoCloseable {
    private static final int LONGEST_PID = 20;
    private static final Pattern PID = Pattern.compile("[0-9]{1,20}");

    private final FileChannel file;

    private OwnerLock(FileChannel file) {
        this.file = file;
    }

    /**
     * Opens the file, or makes it with these attributes, and takes nothing yet.
     *
     * @throws IOException also if the name is that of a symbolic link
     */
    public static OwnerLock open(Path file, FileAttribute<?>... attributes) throws IOException {
        return new OwnerLock(FileChannel.open(
                file,
                Set.of(
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        LinkOption.NOFOLLOW_LINKS),
                attributes));
    }

    /** Takes the lock; false if it is held, by this process or another. */
    public boolean take() throws IOException {
        try {
            return file.tryLock() != null;
        } catch (OverlappingFileLockException heldByThisProcess) {
            return false;
        }
    }

    /** Writes the id of this process, for {@link #holder}. */
    public void sign() throws IOException {
        file.truncate(0);
        String pid = ProcessHandle.current().pid() + "\n";
        file.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
    }

    /** The owner that signed the file, in words such as {@code process 4711}. */
    public String holder() throws IOException {
        ByteBuffer pid = ByteBuffer.allocate(LONGEST_PID);
        file.read(pid, 0);
        String text = new String(pid.array(), 0, pid.position(), StandardCharsets.US_ASCII).strip();
        return PID.matcher(text).matches() ? "process " + text : "another process";
    }

    /** Releases the lock. */
    @Override
    public void close() throws IOException {
        file.close();
    }
}
