// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.Secret;
import io.agnes.core.Time;
import io.agnes.testkit.FakeKeboola;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** A server process over a fake Keboola, for benchmarks that restart it many times in one directory. */
final class FakeProject implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final FakeKeboola keboola;
    private final Path directory;
    private final Time time;

    FakeProject(FakeKeboola keboola, Path directory, Time time) {
        this.keboola = keboola;
        this.directory = directory;
        this.time = time;
    }

    FakeKeboola keboola() {
        return keboola;
    }

    Path data() {
        return directory.resolve("data");
    }

    ServerProcess start(Program program) throws IOException {
        Map<String, String> environment = Map.of(
                "KEBOOLA_STACK_URL", keboola.stackUrl().toString(),
                "KEBOOLA_STORAGE_TOKEN", keboola.token(),
                "AGNES_KEBOOLA_STORAGE_ENDPOINT", keboola.storageEndpoint().toString(),
                "AGNES_KEBOOLA_POLL_INTERVAL_SEC", "1");
        return ServerProcess.start(program, data(), environment, directory.resolve("log"), time);
    }

    /** The token that the first start wrote; waits until the server listens. */
    Secret firstToken() throws IOException, InterruptedException {
        Path file = data().resolve(FirstTokenFile.NAME);
        long start = time.nanos();
        while (time.since(start).compareTo(PATIENCE) < 0) {
            String token = Files.exists(file) ? Files.readString(file) : "";
            if (token.endsWith("\n")) {
                return Secret.of(token.strip());
            }
            time.sleep(Duration.ofMillis(10));
        }
        throw CommandException.wrong("the first start wrote no token");
    }

    @Override
    public void close() {
        keboola.close();
    }
}
