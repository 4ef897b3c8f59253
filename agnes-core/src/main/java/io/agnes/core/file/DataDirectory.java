package io.agnes.core.file;

import io.agnes.core.CoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The directory that one process owns while it runs. The lock is the kernel's, so it ends with the process, however that
 * ends; the file called {@code lock} stays and names the last owner.
 */
public final class DataDirectory implements AutoCloseable {
    private static final int LONGEST_PID = 20;
    private static final Pattern PID = Pattern.compile("[0-9]{1,20}");

    /** Below it lies what is published, or is dropped to be. */
    private static final List<String> NEVER_SCRATCH = List.of("extracts", "src_data");

    private final FileStore files;
    private final Path root;
    private final FileChannel lockFile;
    private final Deque<FileChannel> locked = new ArrayDeque<>();

    private DataDirectory(FileStore files, Path root, FileChannel lockFile) {
        this.files = files;
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
            Path file = absolute.resolve("lock");
            FileChannel lockFile = FileChannel.open(
                    file,
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                    FileModes.atCreation(file, false));
            return own(files, absolute, lockFile);
        } catch (IOException e) {
            throw CoreException.directoryUnusable("data directory", absolute, e);
        }
    }

    private static DataDirectory own(FileStore files, Path root, FileChannel lockFile) throws IOException {
        boolean owned = false;
        try {
            if (lock(lockFile) == null) {
                throw CoreException.directoryHeld(root, holder(lockFile));
            }
            lockFile.truncate(0);
            String pid = ProcessHandle.current().pid() + "\n";
            lockFile.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
            owned = true;
            return new DataDirectory(files, root, lockFile);
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

    /**
     * The scratch of this data directory alone, emptied: a folder below the given one, called after the id that
     * this directory gets with its first scratch and keeps in {@code agnes.id}. Nothing else in that directory is touched.
     *
     * @param below made if it does not exist
     * @throws CoreException {@code directory_unusable} if it is the data directory, holds it, or lies among published
     *     files, by whatever name; {@code directory_held} if the process of a copy of this directory has it
     */
    public Scratch scratch(Path below) {
        try {
            requireApart(below);
            files.createDirectories(below);
            Path folder = below.toAbsolutePath().normalize().resolve("agnes-" + DirectoryId.of(files, root));
            Path mark = Scratch.mark(files, folder);
            FileChannel channel = FileChannel.open(mark, StandardOpenOption.WRITE);
            locked.push(channel);
            if (lock(channel) == null) {
                throw CoreException.directoryHeld(folder, "another process");
            }
            return Scratch.emptied(files, folder);
        } catch (IOException e) {
            throw CoreException.directoryUnusable("scratch directory", below, e);
        }
    }

    private void requireApart(Path below) throws IOException {
        Path here = root.toRealPath();
        Path there = real(below.toAbsolutePath().normalize());
        if (here.startsWith(there)) {
            throw CoreException.directoryUnusable("scratch directory", below, "it is the data directory, or holds it");
        }
        for (String name : NEVER_SCRATCH) {
            if (there.startsWith(here.resolve(name))) {
                throw CoreException.directoryUnusable(
                        "scratch directory", below, "it lies in " + name + " of the data directory");
            }
        }
    }

    /** Without links, as far as it exists. */
    private static Path real(Path path) throws IOException {
        Path existing = path;
        while (!Files.exists(existing)) {
            Path parent = existing.getParent();
            if (parent == null) {
                return path;
            }
            existing = parent;
        }
        return existing.toRealPath().resolve(existing.relativize(path)).normalize();
    }

    /** Gives the directory and its scratch back. */
    @Override
    public void close() throws IOException {
        while (!locked.isEmpty()) {
            locked.pop().close();
        }
        lockFile.close();
    }
}
