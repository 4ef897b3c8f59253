// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.NaturalOrder;
import io.agnes.core.parquet.ParquetLimits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Expands the arguments of a command to input files: files, folders and lists of names. */
final class InputFiles {
    /** The maximum size of a list of names. */
    static final int MOST_LIST_BYTES = 64 << 20;

    private static final String SUFFIX = ".parquet";

    private final InputStream standardInput;
    private final List<Path> files = new ArrayList<>();

    private InputFiles(InputStream standardInput) {
        this.standardInput = standardInput;
    }

    /**
     * Expands the arguments in their order, to at least one and at most {@link ParquetLimits#PARTS} files.
     *
     * @param words a path, {@code @} and the path of a list, or {@code @-} for a list on standard input
     */
    static List<Path> of(List<String> words, InputStream standardInput) {
        InputFiles found = new InputFiles(standardInput);
        for (String word : words) {
            if (word.startsWith("@")) {
                found.addList(word.substring(1));
            } else {
                found.add(word);
            }
        }
        return found.files;
    }

    private void add(String name) {
        Path path = path(name);
        if (Files.isDirectory(path)) {
            addFolder(path);
        } else {
            addFile(path);
        }
    }

    private void addFile(Path file) {
        if (files.size() == ParquetLimits.PARTS) {
            throw CommandException.unusable(
                    "more than " + ParquetLimits.PARTS + " files are named, which is the limit");
        }
        files.add(file);
    }

    private void addFolder(Path folder) {
        List<Path> inside;
        try (Stream<Path> entries = Files.list(folder)) {
            inside = entries.filter(InputFiles::isParquet)
                    .limit(ParquetLimits.PARTS + 1L)
                    .sorted(Comparator.comparing(InputFiles::fileName, NaturalOrder.INSTANCE))
                    .toList();
        } catch (IOException e) {
            throw CommandException.unreadableFile("folder", folder, e);
        }
        if (inside.isEmpty()) {
            throw CommandException.unusable(
                    "folder " + CommandException.shown(folder) + " has no *.parquet file in it");
        }
        inside.forEach(this::addFile);
    }

    private static boolean isParquet(Path entry) {
        String name = fileName(entry);
        return name.endsWith(SUFFIX) && !name.startsWith(".") && !Files.isDirectory(entry);
    }

    private static String fileName(Path path) {
        return String.valueOf(path.getFileName());
    }

    private void addList(String name) {
        String text = name.equals("-") ? read("standard input", standardInput) : read(path(name));
        // "find -print0" writes this format, which allows names with a line feed.
        String separator = text.indexOf('\0') >= 0 ? "\0" : "\r?\n";
        int before = files.size();
        for (String line : text.split(separator, -1)) {
            if (!line.isBlank()) {
                add(line);
            }
        }
        if (files.size() == before) {
            throw CommandException.unusable("the list @" + CommandException.shown(name) + " names no file");
        }
    }

    private static String read(Path list) {
        try (InputStream in = Files.newInputStream(list)) {
            return read("list " + CommandException.shown(list), in);
        } catch (IOException e) {
            throw CommandException.unreadableFile("list", list, e);
        }
    }

    private static String read(String what, InputStream in) {
        try {
            byte[] bytes = in.readNBytes(MOST_LIST_BYTES + 1);
            if (bytes.length > MOST_LIST_BYTES) {
                throw CommandException.unusable(what + " has more than " + MOST_LIST_BYTES + " bytes");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw CommandException.failed("reading " + what, e);
        }
    }

    static Path path(String name) {
        if (name.isEmpty()) {
            throw CommandException.unusable("a file name is empty");
        }
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw CommandException.unusable(
                    "no file can be named " + CommandException.shown(name) + ": " + e.getReason());
        }
    }
}
