package io.agnes.server.cli;

import io.agnes.core.TableId;
import io.agnes.core.Time;
import io.agnes.core.file.FileDigests;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Brings a directory up to the manifest: {@code ID.parquet} for each table, replaced in one step once its SHA-256 is
 * right. What was cut off goes on where it stopped, from {@code .ID.SHA12.part}, in this call or a later one.
 */
final class Puller {
    private static final int ATTEMPTS = 5;
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final int SHA_DIGITS_IN_NAME = 12;

    /** A table of the manifest that has a file. */
    record Wanted(TableId table, String sha256, String etag, long bytes, long rows) {}

    /** What became of one table. */
    sealed interface Pulled {
        /** The table. */
        Wanted table();

        /** Where it is now. */
        Path file();

        /** It was downloaded. */
        record Downloaded(Wanted table, Path file, Duration took) implements Pulled {}

        /** The file that was there is it. */
        record Unchanged(Wanted table, Path file) implements Pulled {}
    }

    private final ServerClient server;
    private final Path directory;
    private final Time time;

    Puller(ServerClient server, Path directory, Time time) {
        this.server = server;
        this.directory = directory;
        this.time = time;
    }

    /** @param only ids; empty for every table of the manifest */
    List<Pulled> pull(Set<String> only, ProgressMeter progress) throws IOException, InterruptedException {
        List<Wanted> wanted = wanted(only);
        Files.createDirectories(directory);
        List<Pulled> pulled = new ArrayList<>();
        for (Wanted table : wanted) {
            pulled.add(pull(table, progress));
        }
        return pulled;
    }

    private List<Wanted> wanted(Set<String> only) {
        JsonObject tables = server.get("/api/sync/manifest").getJsonObject("tables");
        List<Wanted> wanted = new ArrayList<>();
        Set<String> missing = new TreeSet<>(only);
        for (String id : new TreeSet<>(tables.keySet())) {
            JsonObject table = tables.getJsonObject(id);
            boolean published = !table.isNull("sha256");
            if ((only.isEmpty() || only.contains(id)) && published) {
                wanted.add(wanted(id, table));
                missing.remove(id);
            }
        }
        if (!missing.isEmpty()) {
            throw CommandException.tableUnknown(String.join(", ", missing));
        }
        return wanted;
    }

    /** The id is parsed before it names a file: what a server says is no path. */
    private static Wanted wanted(String id, JsonObject table) {
        return new Wanted(
                new TableId(id),
                table.getString("sha256"),
                table.getString("etag"),
                table.getJsonNumber("size_bytes").longValueExact(),
                table.getJsonNumber("rows").longValueExact());
    }

    private Pulled pull(Wanted table, ProgressMeter progress) throws IOException, InterruptedException {
        Path file = directory.resolve(table.table() + ".parquet");
        if (Files.isRegularFile(file)
                && Files.size(file) == table.bytes()
                && FileDigests.of(file).sha256().equals(table.sha256())) {
            return new Pulled.Unchanged(table, file);
        }
        long start = time.nanos();
        Path part = directory.resolve(partName(table));
        removeOtherParts(table, part);
        requireRoom(table, part);
        try (FileChannel channel =
                FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            progress.start(table.table().value(), table.bytes(), channel.size());
            fetch(table, channel, progress);
            channel.force(true);
        } finally {
            progress.end();
        }
        FileDigests found = FileDigests.of(part);
        if (!found.sha256().equals(table.sha256())) {
            Files.delete(part);
            throw CommandException.corrupt(table.table().value(), table.sha256(), found.sha256());
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return new Pulled.Downloaded(table, file, time.since(start));
    }

    private void fetch(Wanted table, FileChannel part, ProgressMeter progress)
            throws IOException, InterruptedException {
        if (part.size() > table.bytes()) {
            part.truncate(0);
        }
        for (int attempt = 1; part.size() < table.bytes(); attempt++) {
            try {
                long expected = server.download(table.table(), table.etag(), part, progress::advance);
                if (part.size() < expected) {
                    throw new IOException("ended early");
                }
                if (expected != table.bytes()) {
                    // Another version was published meanwhile; the hash would say so too, after more bytes.
                    throw CommandException.cut(table.table().value(), table.bytes(), expected, null);
                }
            } catch (IOException e) {
                if (attempt == ATTEMPTS) {
                    throw CommandException.cut(table.table().value(), table.bytes(), part.size(), e);
                }
                time.sleep(FIRST_PAUSE.multipliedBy(attempt));
            }
        }
    }

    private void requireRoom(Wanted table, Path part) throws IOException {
        long have = Files.exists(part) ? Files.size(part) : 0;
        long free = Files.getFileStore(directory).getUsableSpace();
        if (table.bytes() - have > free) {
            throw CommandException.noRoom(directory.toString(), table.bytes() - have, free);
        }
    }

    private static String partName(Wanted table) {
        return "." + table.table() + "." + table.sha256().substring(0, SHA_DIGITS_IN_NAME) + ".part";
    }

    /** Of versions that are not wanted any more. */
    private void removeOtherParts(Wanted table, Path wanted) throws IOException {
        String prefix = "." + table.table() + ".";
        int length = partName(table).length();
        try (Stream<Path> entries = Files.list(directory)) {
            for (Path entry : entries.toList()) {
                String name = entry.getFileName().toString();
                if (name.startsWith(prefix)
                        && name.endsWith(".part")
                        && name.length() == length
                        && !entry.equals(wanted)) {
                    Files.delete(entry);
                }
            }
        }
    }
}
