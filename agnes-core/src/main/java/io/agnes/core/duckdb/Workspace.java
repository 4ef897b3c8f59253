// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.duckdb;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The files and directories that a database may access, and where it spills.
 *
 * @param directories the database may read and write everything below them
 * @param files single files that the database may read and write
 * @param spill a directory for data beyond the memory limit, deleted with the database; each database needs its own, since
 *     two that share one break
 * @param ordered whether a query over several scans keeps their order; if it does, DuckDB cannot bound row groups by bytes
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

    /** A copy that spills to this directory. */
    public Workspace withSpill(Path directory) {
        return new Workspace(directories, files, Optional.of(directory), ordered);
    }

    /** A copy with another value of {@code ordered}. */
    public Workspace withOrdered(boolean value) {
        return new Workspace(directories, files, spill, value);
    }

    /** Each directory twice: plain and escaped as in a scan, because DuckDB compares the text of the path. */
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

    /** Removes the paths of directories from a message, so that it does not reveal where files lie. */
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
