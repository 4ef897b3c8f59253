// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.testkit.Backend;
import io.agnes.testkit.Dialect;
import io.agnes.testkit.FakeKeboola;
import io.agnes.testkit.ManualClock;
import io.agnes.testkit.Samples;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code agnes emulate keboola}: runs the emulated Keboola as a process. */
@Command(
        name = "keboola",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Runs a Keboola stack with its object store on 127.0.0.1 until SIGTERM or Ctrl-C."
                + " Tests script faults and jobs, move the clock and read the requests below /__agnes/.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:SIGTERM or Ctrl-C",
            "1:a table cannot be read",
            "64:invalid arguments",
            "69:the port is in use"
        })
final class EmulateKeboolaCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--port", paramLabel = "N", description = "port to listen on (a free one)")
    private int port;

    @Option(
            names = "--tables",
            paramLabel = "DIR",
            description = "CSV and Parquet files, each for a table in.c-demo.NAME (three samples that ship with Agnes)")
    private @Nullable Path tables;

    @Option(
            names = "--dialect",
            paramLabel = "CLOUD",
            converter = DialectWord.class,
            description = "cloud of the object store: google, aws or azure (google)")
    private Dialect dialect = Dialect.GOOGLE;

    @Option(
            names = "--backend",
            paramLabel = "DB",
            converter = BackendWord.class,
            description = "database of the project: snowflake or bigquery (snowflake)")
    private Backend backend = Backend.SNOWFLAKE;

    @Option(names = "--slice-rows", paramLabel = "N", description = "maximum rows of a slice (no limit)")
    private @Nullable Long sliceRows;

    @Option(names = "--slice-bytes", paramLabel = "N", description = "size of a slice (8,000,000)")
    private @Nullable Long sliceBytes;

    @Option(names = "--job-polls", paramLabel = "N", description = "polls that report an unfinished job (2)")
    private @Nullable Integer jobPolls;

    @Option(names = "--job-time", paramLabel = "SECONDS", description = "duration of a job, instead of polls")
    private @Nullable Double jobTime;

    @Option(
            names = "--clock",
            paramLabel = "INSTANT",
            description = "time of a clock that a test moves, for example 2026-05-07T12:00:00Z (the system's clock)")
    private @Nullable Instant clock;

    @Option(names = "--rate", paramLabel = "BYTES", description = "bytes per second of each slice (no limit)")
    private @Nullable Long rate;

    @Option(
            names = "--credential-life",
            paramLabel = "SECONDS",
            description = "lifetime of storage credentials (1 h on google, 12 h elsewhere)")
    private @Nullable Long credentialLife;

    @Option(names = "--token", paramLabel = "TOKEN", description = "the only accepted Storage token")
    private @Nullable String token;

    @Option(names = "--tls", paramLabel = "FILE", description = "use TLS; the CA certificate is written to FILE")
    private @Nullable Path tls;

    @Option(
            names = "--cloud-hosts",
            description =
                    "use the host names of the cloud in addresses, for clients that accept no others; needs --tls and"
                            + " the printed proxy")
    private boolean cloudHosts;

    @Option(
            names = "--stack-host",
            paramLabel = "NAME",
            description = "host name of the stack, for clients that need one; needs the same as --cloud-hosts")
    private @Nullable String stackHost;

    @Override
    public Integer call() throws Exception {
        requireSense();
        try (FakeKeboola keboola = Emulators.start(port, builder()::start)) {
            List<String> seeded = tables == null ? samples(keboola) : files(keboola, tables);
            if (tls != null) {
                keboola.writeCertificateAuthority(tls);
            }
            Shutdown.await(keboola, () -> announce(keboola, seeded));
            return 0;
        }
    }

    private void requireSense() {
        Emulators.requirePort(spec, port);
        if ((cloudHosts || stackHost != null) && tls == null) {
            throw wrong("--cloud-hosts and --stack-host need --tls");
        }
        if (jobPolls != null && jobTime != null) {
            throw wrong("--job-polls and --job-time exclude each other");
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private FakeKeboola.Builder builder() {
        try {
            FakeKeboola.Builder builder = FakeKeboola.builder()
                    .port(port)
                    .dialect(dialect)
                    .backend(backend)
                    .control();
            Emulators.given(token, builder::token);
            Emulators.given(sliceRows, builder::sliceRows);
            Emulators.given(sliceBytes, builder::sliceBytes);
            Emulators.given(jobPolls, builder::jobPolls);
            Emulators.given(jobTime, seconds -> builder.jobTakes(Duration.ofMillis(Math.round(seconds * 1000))));
            Emulators.given(clock, at -> builder.clock(ManualClock.standingAt(at)));
            Emulators.given(rate, builder::bytesPerSecond);
            Emulators.given(credentialLife, seconds -> builder.credentialLife(Duration.ofSeconds(seconds)));
            Emulators.given(tls, file -> builder.tls());
            Emulators.given(stackHost, builder::stackHost);
            if (cloudHosts) {
                builder.cloudHosts();
            }
            return builder;
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private void announce(FakeKeboola keboola, List<String> seeded) {
        PrintWriter out = spec.commandLine().getOut();
        out.println("tables: " + String.join(", ", seeded));
        out.println("export KEBOOLA_STACK_URL=" + keboola.stackUrl());
        out.println("export KEBOOLA_STORAGE_TOKEN=" + keboola.token());
        out.println("export AGNES_KEBOOLA_STORAGE_ENDPOINT=" + keboola.storageEndpoint());
        if (tls != null) {
            out.println("# TLS: trust " + tls + "; in place of name resolution: HTTPS_PROXY=" + keboola.proxy());
        }
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
        try {
            if (name.endsWith(".csv")) {
                keboola.table(id).fromCsv(file);
            } else {
                keboola.table(id).fromParquet(file);
            }
        } catch (IllegalArgumentException e) {
            // The lines after the first contain DuckDB's SQL statement, which does not help the user.
            String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given");
            throw CommandException.unusable("table " + file + " cannot be read: " + why);
        }
        return id;
    }

    /** Parses a lower-case word of the command line as a constant. */
    private static <E extends Enum<E>> E word(Class<E> type, String word) {
        for (E constant : type.getEnumConstants()) {
            if (constant.name().toLowerCase(Locale.ROOT).equals(word)) {
                return constant;
            }
        }
        throw new TypeConversionException("expected "
                + String.join(
                        ", ",
                        Stream.of(type.getEnumConstants())
                                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                                .toList())
                + ", got " + word);
    }

    static final class DialectWord implements ITypeConverter<Dialect> {
        @Override
        public Dialect convert(String value) {
            return word(Dialect.class, value);
        }
    }

    static final class BackendWord implements ITypeConverter<Backend> {
        @Override
        public Backend convert(String value) {
            return word(Backend.class, value);
        }
    }
}
