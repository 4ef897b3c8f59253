// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.AgnesException;
import io.agnes.core.Time;
import io.agnes.core.file.FileDigests;
import io.agnes.core.file.FileDigests.Algorithm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Updates a directory to the manifest of a server, with a file {@code ID.parquet} for each table. A file is replaced in
 * one step after its SHA-256 was checked. An interrupted download resumes from {@code .ID.SHA12.part}, in this call or
 * a later one. If a table fails, the others are still pulled. Only parts are ever deleted.
 */
final class Puller {
    private static final int ATTEMPTS = 5;
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration BETWEEN_STATES = Duration.ofSeconds(2);

    /**
     * The options of a pull.
     *
     * @param only the ids of the tables; empty for every table of the manifest
     * @param verify whether unchanged files are read and checked too
     * @param longestWait the longest wait for another pull into the directory
     */
    record Request(Set<String> only, boolean verify, Duration longestWait) {
        static final Request ALL = new Request(Set.of(), false, Duration.ZERO);
    }

    /** The outcome of one table. */
    sealed interface Pulled {
        /** The table. */
        SyncManifest.Table table();

        /** The table was downloaded. */
        record Downloaded(SyncManifest.Table table, Path file, Duration took) implements Pulled {}

        /** The existing file has the right content. */
        record Unchanged(SyncManifest.Table table, Path file) implements Pulled {}

        /** The pull of the table failed. An existing file is unchanged. */
        record Failed(SyncManifest.Table table, AgnesException why) implements Pulled {}
    }

    /**
     * The outcome of a pull.
     *
     * @param noLongerYours files of earlier pulls whose tables the server no longer lists for this user
     */
    record Result(List<Pulled> tables, List<Path> noLongerYours) {
        boolean good() {
            return tables.stream().noneMatch(Pulled.Failed.class::isInstance);
        }
    }

    private final ServerClient server;
    private final Path into;
    private final Time time;

    Puller(ServerClient server, Path into, Time time) {
        this.server = server;
        this.into = into;
        this.time = time;
    }

    /**
     * Pulls the requested tables.
     *
     * @param tell receives the outcome of each table as it ends
     * @throws CommandException if nothing can be pulled, or if the pull cannot continue
     */
    Result pull(Request request, ProgressMeter progress, Consumer<Pulled> tell)
            throws IOException, InterruptedException {
        SyncManifest manifest = server.manifest();
        wanted(manifest, request);
        try (PullDirectory directory = PullDirectory.open(into, request.longestWait(), time)) {
            if (directory.waited()) {
                manifest = server.manifest();
            }
            return new Pull(manifest, directory, request, progress).run(tell);
        }
    }

    private static List<SyncManifest.Table> wanted(SyncManifest manifest, Request request) {
        Set<String> missing = new TreeSet<>(request.only());
        List<SyncManifest.Table> wanted = new ArrayList<>();
        for (SyncManifest.Table table : manifest.published()) {
            if (request.only().isEmpty() || missing.remove(table.id().value())) {
                wanted.add(table);
            }
        }
        if (!missing.isEmpty()) {
            String named = String.join(", ", missing);
            throw manifest.unpublished().containsAll(missing)
                    ? CommandException.tableUnpublished(named)
                    : CommandException.tableUnknown(named);
        }
        return wanted;
    }

    /** One pull into a locked directory. */
    private final class Pull {
        private final SyncManifest manifest;
        private final PullDirectory directory;
        private final Request request;
        private final ProgressMeter progress;
        private long stateAt = time.nanos();

        Pull(SyncManifest manifest, PullDirectory directory, Request request, ProgressMeter progress) {
            this.manifest = manifest;
            this.directory = directory;
            this.request = request;
            this.progress = progress;
        }

        Result run(Consumer<Pulled> tell) throws InterruptedException {
            List<Pulled> pulled = new ArrayList<>();
            try {
                for (SyncManifest.Table table : wanted(manifest, request)) {
                    Pulled outcome = one(table);
                    pulled.add(outcome);
                    tell.accept(outcome);
                    if (time.since(stateAt).compareTo(BETWEEN_STATES) > 0) {
                        writeState();
                    }
                }
                return new Result(pulled, noLongerYours());
            } finally {
                writeState();
            }
        }

        /** If the state cannot be written, the next pull reads the files again. */
        private void writeState() {
            try {
                directory.state().write();
            } catch (IOException e) {
                System.getLogger(Puller.class.getName())
                        .log(System.Logger.Level.DEBUG, "the state of the pull is not kept", e);
            }
            stateAt = time.nanos();
        }

        private Pulled one(SyncManifest.Table table) throws InterruptedException {
            Path file = directory.file(table.id());
            try {
                if (isCurrent(table, file)) {
                    return new Pulled.Unchanged(table, file);
                }
                long start = time.nanos();
                download(table, file);
                directory.state().put(server.server().toString(), table.id(), table.sha256(), file);
                return new Pulled.Downloaded(table, file, time.since(start));
            } catch (CommandException e) {
                if (concernsAll(e)) {
                    throw e;
                }
                return new Pulled.Failed(table, e);
            } catch (IOException e) {
                return new Pulled.Failed(
                        table, CommandException.unwritable(table.id().value(), file, e));
            } finally {
                progress.end();
            }
        }

        private boolean concernsAll(CommandException e) {
            return e.status() == 401
                    || e.code().equals("server_unreachable")
                    || e.code().equals("interrupted");
        }

        private boolean isCurrent(SyncManifest.Table table, Path file) throws IOException, InterruptedException {
            if (!PartFile.isOrdinary(file)) {
                return false;
            }
            PullState state = directory.state();
            PullState.Verified known = state.of(table.id()).orElse(null);
            if (!request.verify() && known != null && known.stillHolds(file)) {
                if (known.sha256().equals(table.sha256())) {
                    state.put(server.server().toString(), table.id(), table.sha256(), file);
                    return true;
                }
                return false;
            }
            boolean current = Files.size(file) == table.bytes()
                    && FileDigests.of(file, Set.of(Algorithm.SHA_256)).sha256().equals(table.sha256());
            if (current) {
                state.put(server.server().toString(), table.id(), table.sha256(), file);
            }
            return current;
        }

        private void download(SyncManifest.Table table, Path file) throws IOException, InterruptedException {
            directory.removeOtherParts(table);
            String id = table.id().value();
            for (int attempt = 1; ; attempt++) {
                // Opened again for each attempt, because the thread of a cancelled exchange may have closed the file.
                try (PartFile part = PartFile.open(id, directory.part(table))) {
                    if (attempt(table, part, attempt)) {
                        publish(table, part, file);
                        return;
                    }
                }
                time.sleep(FIRST_PAUSE.multipliedBy(attempt));
            }
        }

        /** Downloads once; returns whether all bytes have arrived. Their content is not checked yet. */
        private boolean attempt(SyncManifest.Table table, PartFile part, int attempt) throws IOException {
            if (part.size() > table.bytes()) {
                part.truncate();
            }
            requireRoom(table, part);
            progress.start(table.id().value(), table.bytes(), part.size());
            try {
                if (part.size() < table.bytes()) {
                    server.download(table, part, progress::advance);
                }
                return true;
            } catch (ExchangeException e) {
                if (attempt < ATTEMPTS) {
                    return false;
                }
                String address = server.server().toString();
                throw e.reached()
                        ? CommandException.cut(
                                table.id().value(), address, table.bytes(), Files.size(directory.part(table)), e)
                        : CommandException.unreachable(address, e);
            }
        }

        private void publish(SyncManifest.Table table, PartFile part, Path file) throws IOException {
            progress.checking();
            String found = part.sha256();
            if (!found.equals(table.sha256())) {
                part.delete();
                throw CommandException.corrupt(table.id().value(), table.sha256(), found);
            }
            part.publish(file);
        }

        private void requireRoom(SyncManifest.Table table, PartFile part) throws IOException {
            long needed = table.bytes() - part.size();
            long free = Files.getFileStore(directory.root()).getUsableSpace();
            if (needed > free) {
                throw CommandException.noRoom(
                        table.id().value(), directory.root().toString(), needed, free);
            }
        }

        private List<Path> noLongerYours() {
            Set<String> yours = manifest.ids();
            List<Path> files = new ArrayList<>();
            for (PullState.Verified known : directory.state().all()) {
                Path file = directory.file(known.table());
                if (!PartFile.isOrdinary(file)) {
                    directory.state().forget(known.table());
                } else if (known.server().equals(server.server().toString())
                        && !yours.contains(known.table().value())) {
                    files.add(file);
                }
            }
            return files;
        }
    }
}
