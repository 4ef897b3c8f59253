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
 * The file that a command makes. Its name is checked before anything is read; the content grows in a draft beside it and
 * gets the name in one step, with the mode of the file that it replaces, or the umask's. Closing removes the draft, and
 * so does a signal to end.
 */
final class OutputFile implements AutoCloseable {
    private final FileStore files = FileStore.system();
    private final Path target;
    private final FileDraft draft;
    private final EndInOrder ending;

    private OutputFile(Path target, FileDraft draft) {
        this.target = target;
        this.draft = draft;
        this.ending = EndInOrder.removing(draft);
    }

    /**
     * @param name as on the command line
     * @param inputs files that must not be replaced by it
     * @throws CommandException if no regular file can be made or replaced there
     */
    static OutputFile of(String name, List<Path> inputs) {
        Path target = target(name);
        refuseInputs(name, target, inputs);
        Path folder = target.resolveSibling("");
        try {
            Path drafts = Files.createTempDirectory(folder, ".agnes-draft-");
            return new OutputFile(target, FileDraft.of(FileStore.system(), drafts, "merged.parquet"));
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

    /** The path for the content; no file exists there yet. */
    Path draft() {
        return draft.path();
    }

    /** Gives the draft its name. After an error the target is what it was before. */
    void publish() throws IOException {
        Set<PosixFilePermission> mode = mode();
        files.sync(draft.path());
        if (mode != null) {
            Files.setPosixFilePermissions(draft.path(), mode);
        }
        files.rename(draft.path(), target);
        files.syncDirectory(target.resolveSibling(""));
    }

    /** The mode of the file to be replaced, or that of a new file of this process; null where files have no mode. */
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
            ending.close();
        }
    }
}
