// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.file.FileDraft;
import io.agnes.core.file.FileStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The output file of a command. The name is checked before any input is read. The content is written to a draft in the
 * same directory, and publishing renames the draft in one step. The file gets the mode of the file that it replaces, or
 * that of the umask. Closing removes the draft, and so do SIGTERM and SIGINT.
 */
final class OutputFile implements AutoCloseable {
    private final FileStore files = FileStore.system();
    private final Path target;
    private final FileDraft draft;
    private final boolean isPrivate;
    private final DraftCleanup cleanup;

    private OutputFile(Path target, FileDraft draft, boolean isPrivate) {
        this.target = target;
        this.isPrivate = isPrivate;
        this.draft = draft;
        this.cleanup = DraftCleanup.removing(draft);
    }

    /**
     * Creates the draft.
     *
     * @param name the name as on the command line
     * @param inputs files that the output must not replace
     * @throws CommandException if no regular file can be created or replaced there
     */
    static OutputFile of(String name, List<Path> inputs) {
        return of(name, inputs, false);
    }

    /** The same for a file that this account alone can read, whatever was there before. */
    static OutputFile ofPrivate(String name, List<Path> inputs) {
        return of(name, inputs, true);
    }

    private static OutputFile of(String name, List<Path> inputs, boolean isPrivate) {
        Path target = target(name);
        refuseInputs(name, target, inputs);
        Path folder = target.resolveSibling("");
        try {
            Path drafts = Files.createTempDirectory(folder, ".agnes-draft-");
            return new OutputFile(target, FileDraft.of(FileStore.system(), drafts, "draft"), isPrivate);
        } catch (IOException e) {
            throw CommandException.outputUnusable(
                    name, "its folder cannot be written to: " + CommandException.words(e));
        }
    }

    private static Path target(String name) {
        if (name.isEmpty()) {
            throw CommandException.outputUnusable(name, "the name is empty");
        }
        Path target = InputFiles.path(name).toAbsolutePath();
        if (target.getFileName() == null || name.endsWith("/")) {
            throw CommandException.outputUnusable(name, "it names a folder");
        }
        if (Files.isSymbolicLink(target)) {
            throw CommandException.outputUnusable(name, "it is a symbolic link; name the file it points to");
        }
        if (Files.isDirectory(target)) {
            throw CommandException.outputUnusable(name, "it is a folder");
        }
        if (Files.exists(target) && !Files.isRegularFile(target)) {
            throw CommandException.outputUnusable(name, "it is not a regular file");
        }
        if (!Files.isDirectory(target.resolveSibling(""))) {
            throw CommandException.outputUnusable(name, "its folder does not exist");
        }
        return target;
    }

    private static void refuseInputs(String name, Path target, List<Path> inputs) {
        for (Path input : inputs) {
            try {
                if (Files.exists(target) && Files.isSameFile(input, target)) {
                    throw CommandException.outputUnusable(name, "it is one of the files to merge");
                }
            } catch (IOException e) {
                throw CommandException.unreadableFile("file", input, e);
            }
        }
    }

    /** The path of the draft; no file exists there yet. */
    Path draft() {
        return draft.path();
    }

    /** Renames the draft to the target. After an error the target is unchanged. */
    void publish() throws IOException {
        Set<PosixFilePermission> mode = isPrivate ? null : mode();
        files.sync(draft.path());
        if (mode != null) {
            Files.setPosixFilePermissions(draft.path(), mode);
        }
        files.rename(draft.path(), target);
        files.syncDirectory(target.resolveSibling(""));
    }

    /** The mode of the replaced file, or that of a new file of this process; null if the file system has no modes. */
    private @Nullable Set<PosixFilePermission> mode() throws IOException {
        if (Files.getFileAttributeView(draft.path(), PosixFileAttributeView.class) == null) {
            return null;
        }
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            return Files.getPosixFilePermissions(target, LinkOption.NOFOLLOW_LINKS);
        }
        Path probe = draft.scratch("mode");
        files.create(probe).close();
        return Files.getPosixFilePermissions(probe);
    }

    @Override
    public void close() throws IOException {
        try {
            draft.close();
        } finally {
            cleanup.close();
        }
    }
}
