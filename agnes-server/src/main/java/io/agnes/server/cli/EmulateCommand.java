package io.agnes.server.cli;

import io.agnes.testkit.FakeKeboola;
import io.agnes.testkit.Samples;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code agnes emulate}. */
@Command(
        mixinStandardHelpOptions = true,
        description = "Runs a Keboola stack with its object store on this machine, for programs in any language.")
final class EmulateCommand implements Callable<Integer> {
    /** What can be emulated. */
    enum Service {
        /** Storage API, export jobs and object store. */
        KEBOOLA;

        @Override
        public String toString() {
            return "keboola";
        }
    }

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "SERVICE", description = "${COMPLETION-CANDIDATES}")
    @SuppressWarnings({"NullAway.Init", "UnusedVariable"})
    private Service service;

    @Option(names = "--port", paramLabel = "N", description = "port to listen on (a free one)")
    private int port;

    @Option(
            names = "--tables",
            paramLabel = "DIR",
            description = "CSV and Parquet files, each a table in.c-demo.NAME (three samples that ship with Agnes)")
    private @Nullable Path tables;

    @Override
    public Integer call() throws Exception {
        try (FakeKeboola keboola = FakeKeboola.builder().port(port).start()) {
            List<String> seeded = tables == null ? samples(keboola) : files(keboola, tables);
            Running.untilTold(keboola, () -> announce(keboola, seeded));
            return 0;
        }
    }

    private void announce(FakeKeboola keboola, List<String> seeded) {
        PrintWriter out = spec.commandLine().getOut();
        out.println("tables: " + String.join(", ", seeded));
        out.println("export KEBOOLA_STACK_URL=" + keboola.stackUrl());
        out.println("export KEBOOLA_STORAGE_TOKEN=" + keboola.token());
        out.println("export AGNES_KEBOOLA_STORAGE_ENDPOINT=" + keboola.storageEndpoint());
        out.flush();
    }

    private static List<String> samples(FakeKeboola keboola) {
        return Stream.of(Samples.values())
                .map(sample -> {
                    keboola.seed(sample);
                    return sample.tableId();
                })
                .toList();
    }

    private static List<String> files(FakeKeboola keboola, Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted()
                    .filter(file ->
                            file.toString().endsWith(".csv") || file.toString().endsWith(".parquet"))
                    .map(file -> seed(keboola, file))
                    .toList();
        }
    }

    private static String seed(FakeKeboola keboola, Path file) {
        String name = file.getFileName().toString();
        String id = "in.c-demo." + name.substring(0, name.lastIndexOf('.')).replaceAll("[^A-Za-z0-9_-]", "_");
        if (name.endsWith(".csv")) {
            keboola.table(id).fromCsv(file);
        } else {
            keboola.table(id).fromParquet(file);
        }
        return id;
    }
}
