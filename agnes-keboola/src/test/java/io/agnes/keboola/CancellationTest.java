// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.testkit.FakeKeboola;
import io.agnes.testkit.Fault;
import io.agnes.testkit.Samples;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("slow")
class CancellationTest {
    private static final String TABLE = Samples.BIRDSTRIKES.tableId();

    @TempDir
    Path directory;

    record Place(String name, String method, String path, Function<FakeKeboola, Fault> stall) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Place> places() {
        return Stream.of(
                new Place("export", "POST", ".*/export-async", k -> k.onExport().stall()),
                new Place("poll", "GET", ".*/jobs/.*", k -> k.onJobPoll().stall()),
                new Place("file", "GET", ".*/files/.*", k -> k.onFileDetail().stall()),
                new Place("manifest", "GET", ".*manifest", k -> k.onManifest().stallAfter(3)),
                new Place("slices", "GET", ".*_0_0_0.*", k -> k.onSlice().stallAfter(3)));
    }

    @ParameterizedTest
    @MethodSource("places")
    void anInterruptEndsTheWaitingAndLeavesNothing(Place place) throws Exception {
        ExecutionException e = cancelled(place, (thread, exports) -> thread.interrupt());
        assertInstanceOf(InterruptedException.class, e.getCause());
    }

    @ParameterizedTest
    @MethodSource("places")
    void closingTheClientDoesTheSame(Place place) throws Exception {
        ExecutionException e = cancelled(place, (thread, exports) -> exports.client.close());
        assertEquals(
                "client_closed",
                assertInstanceOf(KeboolaException.class, e.getCause()).code());
    }

    @Test
    void aClosedClientRefuses() throws Exception {
        try (FakeKeboola keboola = FakeKeboola.start();
                Exports exports = Exports.of(keboola, directory)) {
            exports.client.close();
            KeboolaException e = assertThrows(KeboolaException.class, exports.client::verifyToken);
            assertEquals("client_closed", e.code());
        }
    }

    private ExecutionException cancelled(Place place, BiConsumer<Thread, Exports> how) throws Exception {
        try (FakeKeboola keboola = FakeKeboola.builder().sliceRows(2_500).start();
                Exports exports = Exports.of(keboola, directory)) {
            keboola.seed(Samples.BIRDSTRIKES);
            place.stall.apply(keboola).always();
            FutureTask<ExportResult> export = new FutureTask<>(() -> exports.all(TABLE));
            Thread thread = Thread.ofPlatform().start(export);
            keboola.awaitRequests(place.method, place.path, 1, Duration.ofSeconds(30));
            long start = System.nanoTime();
            how.accept(thread, exports);
            ExecutionException e = assertThrows(ExecutionException.class, export::get);
            assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(5), "took too long");
            exports.draft.close();
            assertFalse(Files.exists(exports.draft.path()));
            return e;
        }
    }
}
