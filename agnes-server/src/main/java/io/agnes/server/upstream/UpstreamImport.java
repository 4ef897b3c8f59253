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
import io.agnes.server.registry.RegistryFieldIds;
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
 * Imports an older installation into a data directory, which it owns until it is closed. It is an error if a server uses the
 * directory. A rehearsal plans against a copy of the registry in scratch and changes no byte of the registry; it makes no data
 * directory.
 *
 * <p>Rows are added in one transaction. Files follow, each verified and published like a file from a source. A table with an
 * adopted file counts as synced at the time of its last sync there, and the scheduler goes on from that time; every other
 * table is due at once. An import that was cut off between rows and files is continued by the next one.
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

    /** Opens a rehearsal, which writes nothing but the lock of an existing directory. */
    public static UpstreamImport rehearsal(Path dataDir, Time time) throws IOException {
        return new UpstreamImport(dataDir, Optional.empty(), time);
    }

    /**
     * Opens an import, which makes the data directory and its registry if they are missing.
     *
     * @param tempDir below which scratch gets a folder of its own, on the file system of the data directory
     */
    public static UpstreamImport inEarnest(Path dataDir, Path tempDir, Time time) throws IOException {
        return new UpstreamImport(dataDir, Optional.of(tempDir), time);
    }

    /** A rehearsal makes no folder for scratch in the data directory. */
    private Path elsewhere() throws IOException {
        Path made = Files.createTempDirectory("agnes-import");
        open(() -> files.deleteTree(made));
        return made;
    }

    /** This process owns the directory, so no other writes to the registry meanwhile. */
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

    /** Compares the installations and writes nothing. */
    public ImportPlan plan(UpstreamData theirs) {
        AccessRows known = new RegistryAccess(database).rows();
        return ImportPlan.of(theirs, new RegistryTables(database).all(), known, data, time.now());
    }

    /**
     * Carries out a plan that this import has made.
     *
     * @return the plan with the results for its files
     * @throws io.agnes.server.registry.RegistryException if the rows could not be written; then nothing was
     */
    public ImportPlan apply(ImportPlan plan) throws InterruptedException {
        if (!plan.tables().isEmpty() || !plan.access().isEmpty()) {
            new RegistryImport(database).add(plan.tables(), plan.access(), BY, time.now());
        }
        TablePublisher publisher = new TablePublisher(
                new DirectoryVersions(files, data, true),
                scratch,
                new RegistryTables(database),
                new RegistryFieldIds(database),
                time);
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

    /** The first candidate with the recorded digest. */
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

    /** A time in the future would delay the table here, so now is the latest. */
    private void brought(Adoption table, Instant lastSync) {
        Instant now = time.now();
        new RegistryImport(database).brought(table.table().id(), lastSync.isAfter(now) ? now : lastSync);
    }

    /** Closes the registry and releases the directory. */
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
