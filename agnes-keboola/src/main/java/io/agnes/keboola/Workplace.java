package io.agnes.keboola;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Where a database works.
 *
 * @param target what it writes
 * @param directories all that it may touch, absolute; the target's is the first
 * @param unites whether several scans follow each other, whose order DuckDB keeps only on demand
 */
record Workplace(Path target, List<Path> directories, boolean unites) {
    static Workplace of(Path target, List<Path> sources) {
        Set<Path> directories = new LinkedHashSet<>();
        directories.add(directory(target));
        sources.forEach(source -> directories.add(directory(source)));
        return new Workplace(target, new ArrayList<>(directories), false);
    }

    Workplace uniting(boolean value) {
        return new Workplace(target, directories, value);
    }

    /** A directory of its own for what does not fit into memory: two databases that share one break. */
    Path spill() {
        return directories.getFirst().resolve(target.getFileName() + ".spill");
    }

    private static Path directory(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IllegalArgumentException("a file system's root is no file");
        }
        return parent;
    }
}
