// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.Time;
import io.agnes.core.file.DataDirectory;
import io.agnes.core.file.FileDraft;
import io.agnes.core.file.FileModes;
import io.agnes.core.file.FileStore;
import io.agnes.core.file.Scratch;
import io.agnes.server.backup.RestoreReport;
import io.agnes.server.registry.RegistryRestore;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code agnes restore}: proves a backup, and puts it in place of the registry. */
@Command(
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Proves a backup of the registry on a copy of it: opens, counts and migrates the copy, and tells which files of"
                    + " tables are missing in the data directory.",
            "Then puts the copy in place, with the server down. The former registry is moved into a folder beside it."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:the backup is proven, and without --check restored",
            "1:the file is no whole backup, or a disk failed",
            "64:invalid arguments",
            "73:a server holds the directory, or it cannot be used",
            "78:the backup was written by a newer program"
        })
final class RestoreCommand implements Callable<Integer> {
    private static final String REGISTRY = "registry.duckdb";

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", arity = "0..1", description = "a backup, or a snapshot as --list names it")
    private @Nullable Path file;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            required = true,
            description = "directory that holds everything of the server")
    @SuppressWarnings("NullAway.Init")
    private Path dataDir;

    @Option(names = "--check", description = "prove the backup and change nothing, also while a server runs")
    private boolean check;

    @Option(names = "--list", description = "list the snapshots in the data directory")
    private boolean list;

    @Override
    public Integer call() throws Exception {
        if (list == (file != null)) {
            throw new ParameterException(spec.commandLine(), "name a FILE, or --list");
        }
        Path data = dataDir.toAbsolutePath().normalize();
        if (file == null) {
            listSnapshots(data);
        } else if (check) {
            check(found(file, data), data);
        } else {
            restore(found(file, data), data);
        }
        return 0;
    }

    private void listSnapshots(Path data) throws IOException {
        for (Path snapshot : RegistryRestore.snapshots(data.resolve(REGISTRY))) {
            print(data.relativize(snapshot) + "  " + Files.getLastModifiedTime(snapshot) + "  " + Files.size(snapshot)
                    + " bytes");
        }
    }

    /** A name of a snapshot is one below the data directory. */
    private static Path found(Path named, Path data) {
        Path below = data.resolve(named);
        Path found = Files.exists(named) || !Files.exists(below) ? named.toAbsolutePath() : below;
        if (!Files.isRegularFile(found)) {
            throw CommandException.unusable("backup " + CommandException.shown(named) + " is no file");
        }
        return found;
    }

    private void check(Path source, Path data) throws IOException {
        Path folder = Files.createTempDirectory("agnes-restore-");
        FileDraft draft = FileDraft.of(FileStore.system(FileModes.PRIVATE), folder, REGISTRY);
        with(draft, () -> {
            print(RestoreReport.of(RegistryRestore.of(source, draft, folder).prove(), data));
            print("proven; nothing was changed");
        });
    }

    private void restore(Path source, Path data) throws IOException {
        try (DataDirectory owned = DataDirectory.open(FileStore.system(FileModes.PRIVATE), data)) {
            Scratch scratch = owned.scratch(data.resolve("tmp"));
            FileDraft draft = scratch.draft(REGISTRY);
            with(draft, () -> {
                RegistryRestore restore = RegistryRestore.of(source, draft, scratch.root());
                print(RestoreReport.of(restore.prove(), data));
                Path aside = restore.place(data.resolve(REGISTRY), Time.system().now());
                print("restored; the former registry is in " + aside);
            });
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    /** Does the work and removes the draft, also after a signal. */
    private static void with(FileDraft draft, Work work) throws IOException {
        DraftCleanup cleanup = DraftCleanup.removing(draft);
        try (draft) {
            work.run();
        } finally {
            cleanup.close();
        }
    }

    private void print(Object text) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(text);
        out.flush();
    }
}
