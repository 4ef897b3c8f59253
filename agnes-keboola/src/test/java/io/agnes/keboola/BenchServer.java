// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.testkit.FakeKeboola;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The server of a benchmark, in its own process, which runs until its standard input ends. */
final class BenchServer {
    static final String TABLE = "in.c-bench.orders";

    private BenchServer() {}

    /** @param args a file with a line for each slice, and the bytes per second of each download, 0 for no limit */
    public static void main(String[] args) throws Exception {
        List<Path> slices =
                Files.readAllLines(Path.of(args[0])).stream().map(Path::of).toList();
        FakeKeboola.Builder builder = FakeKeboola.builder().jobPolls(0);
        long rate = Long.parseLong(args[1]);
        if (rate > 0) {
            builder.bytesPerSecond(rate);
        }
        try (FakeKeboola keboola = builder.start()) {
            keboola.table(TABLE).fromParquetSlices(slices);
            System.out.println(keboola.stackUrl() + " " + keboola.token());
            while (System.in.read() >= 0) {
                // Ignores the input.
            }
        }
    }
}
