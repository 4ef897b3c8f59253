// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.upstream;

import io.agnes.core.AgnesException;
import io.agnes.core.CoreException;
import io.agnes.core.Time;
import io.agnes.core.file.DataDirectory;
import io.agnes.core.file.FileModes;
import io.agnes.core.file.FileStore;
import io.agnes.core.file.Scratch;
import io.agnes.core.sync.FileAdoption;
import io.agnes.core.sync.TableOutcome;
import io.agnes.core.sync.TablePublisher;
import io.agnes.core.version.DirectoryVersions;
import io.agnes.server.access.AccessRows;
import io.agnes.server.access.Name;
import io.agnes.server.registry.Database;
import io.agnes.server.registry.RecoveryOptions;
import io.agnes.server.registry.RegistryAccess;
import io.agnes.server.registry.RegistryImport;
import io.agnes.server.registry.RegistryTables;
import io.agnes.server.upstream.FilePlan.Adoption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Takes an older installation over into a data directory, which it owns until it is closed; a server at work on that
 * directory is an error. A rehearsal plans against a copy of the registry, in scratch, and leaves the registry's files as
 * they are to the byte; where there is no data directory it makes none.
 *
 * <p>Rows are written in one transaction. Files follow, each published like one that came from a source: a version exists
 * here once its own bytes were opened, counted and hashed, and never because another program says so. A table that got
 * its version that way counts as brought when it was last brought there, so that the scheduler goes on from that time;
 * every other has never been brought as far as anybody here knows, and is due at once. What is cut short between rows and
 * files is gone on with by the next import.
 */
public final class UpstreamImport implements AutoCloseable {
    private static final Name BY = new Name("import");
    private static final String REGISTRY = "registry.duckdb";
    private static final List<String> BESIDE = List.of("", ".wal", ".journal", ".snapshot");

    private final FileStore files = FileStore.system(FileModes.PRIVATE);
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final Time time;
    private final Path data;
    private final Scratch scratch;
    private final Database database;

    private UpstreamImport(Path dataDir, Optional<Path> scratchToWrite, Time time) throws IOException {
        this.time = time;
        boolean ready = false;
        try {
            Optional<DataDirectory> directory = scratchToWrite.isPresent() || Files.isDirectory(dataDir)
                    ? Optional.of(open(DataDirectory.open(files, dataDir)))
                    : Optional.empty();
            this.data = directory
                    .map(DataDirectory::root)
                    .orElseGet(() -> dataDir.toAbsolutePath().normalize());
            this.scratch = scratchToWrite.isPresent()
                    ? directory.orElseThrow().scratch(scratchToWrite.get())
                    : Scratch.of(files, elsewhere());
            this.database = open(Database.open(
                    scratchToWrite.isPresent() ? data.resolve(REGISTRY) : copied(),
                    scratch.root(),
                    new RecoveryOptions(!new DirectoryVersions(files, data, true).isEmpty(), ""),
                    time,
                    failure -> {}));
            ready = true;
        } finally {
            if (!ready) {
                close();
            }
        }
    }

    /** To look at what an import would come to: nothing is written but the lock, and that only where a directory is. */
    public static UpstreamImport rehearsal(Path dataDir, Time time) throws IOException {
        return new UpstreamImport(dataDir, Optional.empty(), time);
    }

    /**
     * To import: the data directory and its registry are made if they are not there.
     *
     * @param tempDir below which scratch gets a folder of its own, on the file system of the data directory
     */
    public static UpstreamImport inEarnest(Path dataDir, Path tempDir, Time time) throws IOException {
        return new UpstreamImport(dataDir, Optional.of(tempDir), time);
    }

    /** Who only looks writes nothing into the data directory, so no folder for scratch either. */
    private Path elsewhere() throws IOException {
        Path made = Files.createTempDirectory("agnes-import");
        open(() -> files.deleteTree(made));
        return made;
    }

    /** Nobody writes to it meanwhile, for the directory is ours. */
    private Path copied() throws IOException {
        Path folder = scratch.root().resolve("registry");
        files.createDirectories(folder);
        for (String suffix : BESIDE) {
            Path file = data.resolve(REGISTRY + suffix);
            if (Files.exists(file)) {
                Files.copy(file, folder.resolve(REGISTRY + suffix));
            }
        }
        return folder.resolve(REGISTRY);
    }

    private <T extends AutoCloseable> T open(T resource) {
        opened.push(resource);
        return resource;
    }

    /** Compares; writes nothing. */
    public ImportPlan plan(UpstreamData theirs) {
        AccessRows known = new RegistryAccess(database).rows();
        return ImportPlan.of(theirs, new RegistryTables(database).all(), known, data, time.now());
    }

    /**
     * Carries out a plan that was made here, in earnest.
     *
     * @return the plan with what became of the files in the place of what was to become of them
     * @throws io.agnes.server.registry.RegistryException if the rows could not be written; then nothing was
     */
    public ImportPlan apply(ImportPlan plan) throws InterruptedException {
        if (!plan.tables().isEmpty() || !plan.access().isEmpty()) {
            new RegistryImport(database).add(plan.tables(), plan.access(), BY, time.now());
        }
        TablePublisher publisher = new TablePublisher(
                new DirectoryVersions(files, data, true), scratch, new RegistryTables(database), time);
        FileAdoption adoption = new FileAdoption(files, data, publisher);
        Map<String, Verdict> adopted = new HashMap<>();
        for (Adoption file : plan.adoptions()) {
            adopted.put(file.table().id().value(), adopt(file, adoption));
        }
        List<Finding> findings = new ArrayList<>();
        for (Finding finding : plan.findings()) {
            Verdict verdict = finding.kind() == Finding.Kind.FILE ? adopted.get(finding.subject()) : null;
            findings.add(verdict == null ? finding : new Finding(finding.kind(), finding.subject(), verdict));
        }
        return new ImportPlan(plan.version(), findings, plan.tables(), plan.access(), plan.adoptions());
    }

    /** The first of the files that is the one. */
    private Verdict adopt(Adoption wanted, FileAdoption adoption) throws InterruptedException {
        String why = "";
        for (Path file : wanted.files()) {
            try {
                TableOutcome outcome = adoption.adopt(wanted.table(), file, wanted.md5());
                if (outcome instanceof TableOutcome.Published published) {
                    Instant lastSync = wanted.lastSync();
                    if (lastSync != null) {
                        brought(wanted, lastSync);
                    }
                    return new Verdict.New(data.relativize(file) + ", " + published.rows() + " rows");
                }
                why = "it is " + outcome.word();
            } catch (AgnesException e) {
                why = e.getMessage();
            } catch (IOException e) {
                why = CoreException.reason(e);
            }
        }
        return new Verdict.LeftOut(why + "; the first run brings it");
    }

    /** A clock that was ahead there must not keep a table waiting here. */
    private void brought(Adoption table, Instant lastSync) {
        Instant now = time.now();
        new RegistryImport(database).brought(table.table().id(), lastSync.isAfter(now) ? now : lastSync);
    }

    /** Gives the directory back. */
    @Override
    public void close() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                System.getLogger(UpstreamImport.class.getName()).log(System.Logger.Level.WARNING, "while closing", e);
            }
        }
    }
}
