// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.TableId;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The files that pulls into a directory have verified. Each line contains the server, id, SHA-256, length and
 * modification time, separated by tabs. The next pull does not read unchanged files again. Lines that cannot be parsed
 * are ignored, and their files are read again.
 */
final class PullState {
    private static final String FIRST_LINE = "agnes pull 1";
    private static final int FIELDS = 5;

    /** An entry takes about 300 bytes. */
    private static final int MOST_FILES = 200_000;

    private static final int LONGEST_LINE = 2_000;

    /** The facts about a file when it was verified. */
    record Verified(String server, TableId table, String sha256, long bytes, Instant modified) {
        /** Whether the file is unchanged since then. */
        boolean stillHolds(Path file) throws IOException {
            if (!PartFile.isOrdinary(file)) {
                return false;
            }
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return now.size() == bytes && now.lastModifiedTime().toInstant().equals(modified);
        }

        private String line() {
            return String.join("\t", server, table.value(), sha256, Long.toString(bytes), modified.toString());
        }

        private static Optional<Verified> parse(String line) {
            String[] fields = line.split("\t", -1);
            if (fields.length != FIELDS) {
                return Optional.empty();
            }
            try {
                return Optional.of(new Verified(
                        fields[0],
                        new TableId(fields[1]),
                        fields[2],
                        Long.parseLong(fields[3]),
                        Instant.parse(fields[4])));
            } catch (IllegalArgumentException | DateTimeException damaged) {
                return Optional.empty();
            }
        }
    }

    private final Path file;
    private final Map<TableId, Verified> verified = new TreeMap<>();

    private PullState(Path file) {
        this.file = file;
    }

    static PullState read(Path file) {
        PullState state = new PullState(file);
        if (PartFile.isOrdinary(file)) {
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                    Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS), StandardCharsets.UTF_8))) {
                state.read(lines);
            } catch (IOException damaged) {
                state.verified.clear();
            }
        }
        return state;
    }

    private void read(BufferedReader lines) throws IOException {
        if (!FIRST_LINE.equals(line(lines))) {
            return;
        }
        for (String line = line(lines); !line.isEmpty() && verified.size() < MOST_FILES; line = line(lines)) {
            Verified.parse(line).ifPresent(known -> verified.put(known.table(), known));
        }
    }

    /** The next line; empty at the end of the file. */
    private static String line(BufferedReader lines) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = lines.read(); next >= 0 && next != '\n'; next = lines.read()) {
            if (line.length() == LONGEST_LINE) {
                throw new IOException("not written by a pull");
            }
            line.append((char) next);
        }
        return line.toString();
    }

    Optional<Verified> of(TableId table) {
        return Optional.ofNullable(verified.get(table));
    }

    Iterable<Verified> all() {
        return java.util.List.copyOf(verified.values());
    }

    void put(String server, TableId table, String sha256, Path verifiedFile) throws IOException {
        BasicFileAttributes now =
                Files.readAttributes(verifiedFile, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        verified.put(
                table,
                new Verified(
                        server,
                        table,
                        sha256,
                        now.size(),
                        now.lastModifiedTime().toInstant()));
    }

    void forget(TableId table) {
        verified.remove(table);
    }

    /** Replaces the file in one step. */
    void write() throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".tmp");
        Files.deleteIfExists(fresh);
        try (BufferedWriter out = Files.newBufferedWriter(
                fresh, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            out.write(FIRST_LINE + "\n");
            for (Verified known : verified.values()) {
                out.write(known.line() + "\n");
            }
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
