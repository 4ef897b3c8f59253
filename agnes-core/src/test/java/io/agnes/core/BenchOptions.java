// SPDX-License-Identifier: Apache-2.0
package io.agnes.core;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;

/**
 * What every benchmark can be told.
 *
 * @param json where the numbers go too, or null
 * @param quick a small run that shows that everything works; its numbers mean nothing
 */
public record BenchOptions(Path json, boolean quick) {
    /** Ends the process after {@code --help} or an option that does not exist. */
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
