package io.agnes.keboola;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Pieces of SQL in which nothing can be smuggled. */
final class Sql {
    private Sql() {}

    static String text(String value) {
        return "'" + value.replace("'", "''") + "'";
    }

    static String name(String value) {
        return "\"" + value.replace("\"", "\"\"") + "\"";
    }

    static String paths(List<Path> files) {
        return files.stream()
                .map(file -> text(file.toAbsolutePath().toString()))
                .collect(Collectors.joining(", ", "[", "]"));
    }
}
