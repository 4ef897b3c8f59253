// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.testkit.FakeCloudStorage;
import io.agnes.testkit.ManualClock;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code agnes emulate storage}: runs the emulated Cloud Storage as a process. */
@Command(
        name = "storage",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Runs Google Cloud Storage on 127.0.0.1 until SIGTERM or Ctrl-C. Objects are in a temporary directory,"
                        + " which is deleted at the end. Tests script faults, move the clock and read the requests below /__agnes/.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:SIGTERM or Ctrl-C",
            "1:a file cannot be read or written",
            "64:invalid arguments",
            "69:the port is in use"
        })
final class EmulateStorageCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--port", paramLabel = "N", description = "port to listen on (a free one)")
    private int port;

    @Option(names = "--bucket", paramLabel = "NAME", description = "bucket to create; may be repeated (agnes)")
    private List<String> buckets = List.of("agnes");

    @Option(
            names = "--objects",
            paramLabel = "DIR",
            description = "files that become objects of the first bucket, named by their paths below DIR (none)")
    private @Nullable Path objects;

    @Option(
            names = "--key",
            paramLabel = "FILE",
            description =
                    "write the key of the service account to FILE and require credentials (no credentials needed)")
    private @Nullable Path key;

    @Option(names = "--token-life", paramLabel = "SECONDS", description = "lifetime of an access token (1 h)")
    private @Nullable Long tokenLife;

    @Option(
            names = "--clock",
            paramLabel = "INSTANT",
            description = "time of a clock that stands still, for example 2026-05-07T12:00:00Z (the system's clock)")
    private @Nullable Instant clock;

    @Option(names = "--write-limit", description = "answer 429 to a second change of an object within a second")
    private boolean writeLimit;

    @Option(names = "--rate", paramLabel = "BYTES", description = "bytes per second of each response (no limit)")
    private @Nullable Long rate;

    @Option(names = "--tls", paramLabel = "FILE", description = "use TLS; the CA certificate is written to FILE")
    private @Nullable Path tls;

    @Option(
            names = "--cloud-hosts",
            description = "use the host names of Google, for clients that accept no others; needs --tls and the printed"
                    + " proxy")
    private boolean cloudHosts;

    @Override
    public Integer call() throws Exception {
        Emulators.requirePort(spec, port);
        if (cloudHosts && tls == null) {
            throw new ParameterException(spec.commandLine(), "--cloud-hosts needs --tls");
        }
        try (FakeCloudStorage storage = Emulators.start(port, builder()::start)) {
            createBuckets(storage);
            long count = objects == null ? 0 : load(storage, objects);
            Emulators.given(key, storage::writeServiceAccountKey);
            Emulators.given(tls, storage::writeCertificateAuthority);
            Shutdown.await(storage, () -> announce(storage, count));
            return 0;
        }
    }

    private FakeCloudStorage.Builder builder() {
        try {
            FakeCloudStorage.Builder builder =
                    FakeCloudStorage.builder().port(port).control();
            Emulators.given(tokenLife, seconds -> builder.tokenLife(Duration.ofSeconds(seconds)));
            Emulators.given(clock, at -> builder.clock(ManualClock.standingAt(at)));
            Emulators.given(rate, builder::bytesPerSecond);
            Emulators.given(tls, file -> builder.tls());
            if (key == null) {
                builder.anonymous();
            }
            if (writeLimit) {
                builder.writeLimit();
            }
            if (cloudHosts) {
                builder.cloudHosts();
            }
            return builder;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
        }
    }

    private void createBuckets(FakeCloudStorage storage) {
        try {
            buckets.forEach(storage::bucket);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--bucket: " + e.getMessage());
        }
    }

    /** Writes each file below the directory as an object, and returns their number. */
    private long load(FakeCloudStorage storage, Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            List<Path> found = files.filter(Files::isRegularFile).sorted().toList();
            for (Path file : found) {
                String name = directory.relativize(file).toString().replace('\\', '/');
                storage.put(buckets.getFirst(), name, file, "application/octet-stream");
            }
            return found.size();
        }
    }

    private void announce(FakeCloudStorage storage, long count) {
        PrintWriter out = spec.commandLine().getOut();
        out.println("buckets: " + String.join(", ", buckets) + (count == 0 ? "" : "; objects: " + count));
        out.println("export STORAGE_EMULATOR_HOST=" + storage.endpoint());
        String credentials = key == null ? "--gcs-anonymous" : "--gcs-service-account-file " + key;
        out.println("# rclone --gcs-endpoint " + storage.endpoint() + "/storage/v1/ " + credentials + " lsf :gcs:"
                + buckets.getFirst());
        if (tls != null) {
            out.println("# TLS: trust " + tls + "; in place of name resolution: HTTPS_PROXY=" + storage.proxy());
        }
        out.flush();
    }
}
