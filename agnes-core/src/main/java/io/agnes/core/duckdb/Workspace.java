// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.duckdb;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a database may touch, and how it works.
 *
 * @param directories with all that is in them
 * @param files single ones
 * @param spill a directory of its own for what does not fit into memory, which goes with the database; two databases that
 *     share one break
 * @param ordered whether the order of several scans after each other counts, which DuckDB keeps only on demand; row groups
 *     cannot be bounded by bytes then
 */
public record Workspace(List<Path> directories, List<Path> files, Optional<Path> spill, boolean ordered) {
    public Workspace {
        directories = List.copyOf(directories);
        files = List.copyOf(files);
    }

    /** Writes the target and reads the sources; spills beside the target. */
    public static Workspace of(Path target, List<Path> sources) {
        Set<Path> directories = new LinkedHashSet<>();
        directories.add(directory(target));
        sources.forEach(source -> directories.add(directory(source)));
        Path spill = target.toAbsolutePath().resolveSibling(target.getFileName() + ".spill");
        return new Workspace(new ArrayList<>(directories), List.of(), Optional.of(spill), false);
    }

    /** Reads one file, writes nothing and spills nothing. */
    public static Workspace reading(Path file) {
        return new Workspace(List.of(), List.of(file.toAbsolutePath()), Optional.empty(), false);
    }

    /** The same with another order. */
    public Workspace withOrdered(boolean value) {
        return new Workspace(directories, files, spill, value);
    }

    /** As they are, and as a scan asks for them. */
    List<String> allowedDirectories() {
        return allowed(directories);
    }

    List<String> allowedFiles() {
        return allowed(files);
    }

    private static List<String> allowed(List<Path> paths) {
        Set<String> allowed = new LinkedHashSet<>();
        for (Path path : paths) {
            allowed.add(path.toString());
            allowed.add(ScanPath.escaped(path.toString()));
        }
        return List.copyOf(allowed);
    }

    /** The text without directories, which are nobody's business. */
    String withoutDirectories(String text) {
        String without = text;
        for (String directory : allowedDirectories()) {
            without = without.replace(directory + "/", "");
        }
        for (Path file : files) {
            without = without.replace(directory(file) + "/", "");
        }
        return without;
    }

    private static Path directory(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IllegalArgumentException("a file system's root is no file");
        }
        return parent;
    }
}
