package io.agnes.core.file;

import io.agnes.core.CoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The directory that one process owns while it runs. The lock is the kernel's, so it ends with the process, however that
 * ends; the file called {@code lock} stays and names the last owner.
 */
public final class DataDirectory implements AutoCloseable {
    private static final int LONGEST_PID = 20;
    private static final Pattern PID = Pattern.compile("[0-9]{1,20}");

    private final Path root;
    private final FileChannel lockFile;

    private DataDirectory(Path root, FileChannel lockFile) {
        this.root = root;
        this.lockFile = lockFile;
    }

    /**
     * Makes the directory if it is not there and takes it.
     *
     * @throws CoreException {@code directory_held}, naming the process that has it, or {@code directory_unusable}
     */
    public static DataDirectory open(FileStore files, Path root) {
        Path absolute = root.toAbsolutePath().normalize();
        try {
            files.createDirectories(absolute);
            FileChannel lockFile = FileChannel.open(
                    absolute.resolve("lock"),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
            return own(absolute, lockFile);
        } catch (IOException e) {
            throw CoreException.directoryUnusable("data directory", absolute, e);
        }
    }

    private static DataDirectory own(Path root, FileChannel lockFile) throws IOException {
        boolean owned = false;
        try {
            if (lock(lockFile) == null) {
                throw CoreException.directoryHeld(root, holder(lockFile));
            }
            lockFile.truncate(0);
            String pid = ProcessHandle.current().pid() + "\n";
            lockFile.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
            owned = true;
            return new DataDirectory(root, lockFile);
        } finally {
            if (!owned) {
                lockFile.close();
            }
        }
    }

    private static @Nullable FileLock lock(FileChannel lockFile) throws IOException {
        try {
            return lockFile.tryLock();
        } catch (OverlappingFileLockException heldByThisProcess) {
            return null;
        }
    }

    private static String holder(FileChannel lockFile) throws IOException {
        ByteBuffer pid = ByteBuffer.allocate(LONGEST_PID);
        lockFile.read(pid, 0);
        String text = new String(pid.array(), 0, pid.position(), StandardCharsets.US_ASCII).strip();
        return PID.matcher(text).matches() ? "process " + text : "another process";
    }

    /** The directory, absolute. */
    public Path root() {
        return root;
    }

    /** Gives the directory back. */
    @Override
    public void close() throws IOException {
        lockFile.close();
    }
}
