// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.agnes.core.file.DiskSpace;
import io.agnes.core.file.FileDraft;
import io.agnes.core.file.FileStore;
import io.agnes.core.sync.SyncProgress;
import io.agnes.testkit.FakeKeboola;
import io.agnes.testkit.Samples;
import java.io.FilterInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Concurrent exports of one client. */
class ExportsAtOnceTest {
    private static final int EXPORTS = 4;

    @TempDir
    Path directory;

    @Test
    void downloadsOfAllExportsShareTheirBound() throws Exception {
        Open open = new Open();
        try (FakeKeboola keboola = FakeKeboola.start();
                Exports exports = new Exports(
                        keboola,
                        directory,
                        config -> config.withSlicesAtOnce(2),
                        transport -> open.around(transport),
                        DiskSpace.system())) {
            BigSlices.write(directory, 6).seed(keboola);
            allAtOnce(exports, BigSlices.TABLE);
            assertEquals(2, open.most);
        }
    }

    /** Counts the open responses of slices. */
    private static final class Open {
        private int now;
        private int most;

        private synchronized void add(int change) {
            now += change;
            most = Math.max(most, now);
        }

        Transport around(Transport transport) {
            return new Transport() {
                @Override
                public Response send(Request request) throws IOException, InterruptedException {
                    if (!request.uri().getPath().endsWith(".parquet")) {
                        return transport.send(request);
                    }
                    add(1);
                    Response response = transport.send(request);
                    return new Response(response.status(), response.headers(), new FilterInputStream(response.body()) {
                        @Override
                        public void close() throws IOException {
                            add(-1);
                            super.close();
                        }
                    });
                }

                @Override
                public void close() {
                    transport.close();
                }
            };
        }
    }

    @Test
    void noMoreJobsAreStartedThanTheProjectRuns() throws Exception {
        try (FakeKeboola keboola = FakeKeboola.start();
                Exports exports = Exports.of(keboola, directory)) {
            keboola.seed(Samples.WEATHER);
            keboola.onTokenVerify()
                    .replace("{\"id\":\"7\",\"owner\":{\"limits\":{\"storage.jobsParallelism\":{\"value\":1}}}}"
                            .getBytes(StandardCharsets.UTF_8))
                    .once();
            exports.client.verifyToken();
            allAtOnce(exports, Samples.WEATHER.tableId());
            List<String> steps = keboola.requests().stream()
                    .map(request -> request.method() + request.path())
                    .filter(step -> step.startsWith("POST") || step.contains("/files/"))
                    .map(step -> step.substring(0, 3))
                    .toList();
            assertEquals(List.of("POS", "GET", "POS", "GET", "POS", "GET", "POS", "GET"), steps);
        }
    }

    private void allAtOnce(Exports exports, String table) throws Exception {
        List<FutureTask<ExportResult>> tasks = new ArrayList<>();
        for (int i = 0; i < EXPORTS; i++) {
            Path work = directory.resolve("draft-" + i);
            tasks.add(new FutureTask<>(() -> {
                try (FileDraft draft = FileDraft.of(FileStore.system(), work, "t.parquet")) {
                    return exports.client.export(table, ExportFilter.ALL, draft, SyncProgress.NONE);
                }
            }));
        }
        tasks.forEach(task -> Thread.ofVirtual().start(task));
        for (FutureTask<ExportResult> task : tasks) {
            task.get();
        }
    }
}
