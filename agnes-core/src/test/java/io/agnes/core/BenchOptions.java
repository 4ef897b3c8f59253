// SPDX-License-Identifier: Apache-2.0
package io.agnes.core;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;

/**
 * The common options of benchmarks.
 *
 * @param json the file for the numbers, or null
 * @param quick whether to make a small run that only shows that the benchmark works
 */
public record BenchOptions(Path json, boolean quick) {
    /** Parses the options. Ends the process after {@code --help} or an unknown option. */
    public static BenchOptions parse(String name, String description, String... arguments) {
        Path json = null;
        boolean quick = false;
        for (Iterator<String> rest = List.of(arguments).iterator(); rest.hasNext(); ) {
            String option = rest.next();
            switch (option) {
                case "--quick" -> quick = true;
                case "--json" -> json = Path.of(rest.hasNext() ? rest.next() : usage(name, description, 2));
                case "--help", "-h" -> usage(name, description, 0);
                default -> usage(name, description, 2);
            }
        }
        return new BenchOptions(json, quick);
    }

    private static String usage(String name, String description, int exitCode) {
        (exitCode == 0 ? System.out : System.err)
                .printf("Usage: agnes bench %s [--json FILE] [--quick]%n%s%n", name, description);
        System.exit(exitCode);
        throw new IllegalStateException("exited");
    }
}
