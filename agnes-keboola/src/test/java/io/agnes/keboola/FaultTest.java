// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.testkit.FakeKeboola;
import io.agnes.testkit.Fault;
import io.agnes.testkit.JobBehaviour;
import io.agnes.testkit.Samples;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
class FaultTest {
    private static final String TABLE = Samples.BIRDSTRIKES.tableId();
    private static final int ROWS = 10_000;
    private static final Duration SILENCE = Duration.ofMillis(500);

    private final FakeKeboola keboola =
            FakeKeboola.builder().sliceRows(2_500).strict().start();

    @TempDir
    Path directory;

    private Exports exports;

    @BeforeEach
    void connect() throws Exception {
        exports = Exports.of(keboola, directory);
        keboola.seed(Samples.BIRDSTRIKES);
    }

    /** The timeout is short if the fault is silence, and long otherwise, because a busy machine may also be silent. */
    private void connectFor(Named fault) throws Exception {
        if (fault.silent()) {
            exports.close();
            exports = new Exports(
                    keboola,
                    directory,
                    config -> config.withSliceIdleTimeout(SILENCE).withReadTimeout(SILENCE));
        }
    }

    @AfterEach
    void close() throws IOException {
        exports.close();
        assertFalse(Files.exists(exports.draft.path()), "something is left of the draft");
        keboola.close();
    }

    @Nested
    class Passing {
        @ParameterizedTest
        @MethodSource("io.agnes.keboola.FaultTest#passing")
        void whatPassesIsWaitedForAndTheTableIsWhole(Named fault) throws Exception {
            connectFor(fault);
            fault.arm.apply(keboola).once();
            assertWhole();
        }

        @Test
        void aFreshFileMayBeUnknownForAMoment() throws Exception {
            keboola.onFileDetail().status(404).times(2);
            assertWhole();
        }

        @Test
        void credentialsThatEndAreFetchedOnceForAllSlices() throws Exception {
            keboola.onSlice().status(401).times(1);
            assertWhole();
            keboola.verifyCount("GET", ".*/files/.*", 2);
        }
    }

    @Nested
    class Final {
        @ParameterizedTest
        @MethodSource("io.agnes.keboola.FaultTest#lasting")
        void whatStaysIsAnErrorThatSaysWhatItIs(Named fault) throws Exception {
            connectFor(fault);
            fault.arm.apply(keboola).always();
            assertFails(fault.code);
        }

        @Test
        void aTokenThatIsRevokedMidwayIsNamed() {
            keboola.onJobPoll().status(401).once();
            assertFails("token_invalid");
        }

        @Test
        void aTableThatIsNotThereIsNamed() {
            KeboolaException e = assertThrows(KeboolaException.class, () -> exports.all("in.c-demo.nothing"));
            assertEquals("table_not_found", e.code());
        }
    }

    @Nested
    class Jobs {
        @ParameterizedTest
        @MethodSource("io.agnes.keboola.FaultTest#goodJobs")
        void aJobThatEndsWellGivesTheTable(JobBehaviour job) throws Exception {
            keboola.nextJob(job);
            assertWhole();
        }

        @Test
        void anUnknownStatusIsWaitedForAndReported() throws Exception {
            keboola.nextJob(new JobBehaviour.Says("thinking", 3));
            List<String> notes = assertWhole().notes();
            assertEquals(1, notes.size());
            assertTrue(notes.getFirst().contains("\"thinking\""), notes.getFirst());
        }

        @ParameterizedTest
        @MethodSource("io.agnes.keboola.FaultTest#badJobs")
        void aJobThatEndsBadlyIsTriedAsTextAndThenAnError(JobBehaviour job) {
            keboola.nextJobs(2, job);
            assertFails("export_failed");
        }

        @Test
        void aJobThatNeverEndsReachesTheDeadlineAndNotMuchMore() {
            keboola.nextJob(new JobBehaviour.NeverEnds());
            assertFails("export_timeout");
            int polls = keboola.requests("GET", ".*/jobs/.*").size();
            assertTrue(polls > 100 && polls < 200, polls + " polls in 30 minutes");
        }
    }

    @Nested
    class Manifests {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "gs://other-bucket/exp-2/1.csv",
                    "gs://kbc-files-g/exp-2/other",
                    "https://storage.googleapis.com/kbc-files-g/exp-2/1",
                    "file:///etc/passwd",
                    "http://127.0.0.1/",
                    "s3://kbc-files-g/exp-2/1",
                    ""
                })
        void aSliceElsewhereIsNotAskedFor(String address) {
            keboola.onManifest()
                    .replace(("{\"entries\":[{\"url\":\"" + address + "\",\"mandatory\":true}]}")
                            .getBytes(StandardCharsets.UTF_8))
                    .always();
            assertFails("manifest_foreign");
            assertEquals(List.of(), keboola.requests("GET", ".*_\\d+_\\d+_\\d+.*"));
        }

        @Test
        void dotsDoNotLeadOutOfTheExport() {
            keboola.onManifest()
                    .rewrite(text -> text.replaceAll("(_0_0_0[^\"]*)", "/../../x"))
                    .always();
            assertFails("manifest_foreign");
        }

        @ParameterizedTest
        @ValueSource(strings = {"[]", "{}", "{\"entries\":{}}", "{\"entries\":[1]}", "no json", "{\"entries\":["})
        void whatIsNoManifestIsAnError(String text) {
            keboola.onManifest().replace(text.getBytes(StandardCharsets.UTF_8)).always();
            assertFails("manifest_invalid");
        }

        @Test
        void aSliceNamedTwiceIsAnError() {
            keboola.onManifest()
                    .rewrite(text -> text.replaceFirst("\\[(\\{[^}]*\\}),", "[$1,$1,"))
                    .always();
            assertFails("manifest_invalid");
        }

        @Test
        void theOrderOnTheWireDoesNotMatter() throws Exception {
            keboola.onManifest().rewrite(text -> reversed(text)).always();
            String backwards = assertWhole().digests().sha256();
            exports.close();
            exports = Exports.of(keboola, directory);
            assertEquals(backwards, assertWhole().digests().sha256());
        }

        @Test
        void moreSlicesThanTheLimitAreRefused() {
            String entry = "{\"url\":\"gs://kbc-files-g/x\"},";
            String manifest = "{\"entries\":[" + entry.repeat(100_000) + "{}]}";
            keboola.onManifest()
                    .replace(manifest.getBytes(StandardCharsets.UTF_8))
                    .always();
            assertFails("export_too_large");
        }

        @Test
        void jsonThatIsTooDeepIsNoManifest() {
            keboola.onManifest()
                    .replace("[".repeat(100_000).getBytes(StandardCharsets.UTF_8))
                    .always();
            assertFails("manifest_invalid");
        }

        private static String reversed(String manifest) {
            List<String> entries = Stream.of(manifest.substring(manifest.indexOf('[') + 1, manifest.lastIndexOf(']'))
                            .split("(?<=\\}),"))
                    .toList()
                    .reversed();
            return "{\"entries\":[" + String.join(",", entries) + "]}";
        }
    }

    record Named(String name, Function<FakeKeboola, Fault> arm, String code) {
        boolean silent() {
            return name.contains("stalled") || name.contains("silent") || name.contains("dripping");
        }

        @Override
        public String toString() {
            return name + " " + code;
        }
    }

    static Stream<Named> passing() {
        return Stream.of(
                named("429 on the export", k -> k.onExport().tooManyRequests("1")),
                named("503 on the export", k -> k.onExport().maintenance("5")),
                named("500 after the export began", k -> k.onExport().statusAfterDoing(500)),
                named("reset of the export", k -> k.onExport().reset()),
                named("429 without a time", k -> k.onJobPoll().tooManyRequests(null)),
                named("429 until a date", k -> k.onJobPoll().tooManyRequests("Wed, 21 Oct 2026 07:28:00 GMT")),
                named("429 for a day", k -> k.onJobPoll().tooManyRequests("86400")),
                named("502 page", k -> k.onJobPoll().html(502)),
                named("reset of a poll", k -> k.onJobPoll().reset()),
                named("stalled poll", k -> k.onJobPoll().stall()),
                named("503 of the file", k -> k.onFileDetail().status(503)),
                named("manifest 503", k -> k.onManifest().status(503)),
                named("manifest cut", k -> k.onManifest().cutAfter(10)),
                named("manifest stalled", k -> k.onManifest().stallAfter(10)),
                named("slice 500", k -> k.onSlice().status(500)),
                named("slice 503", k -> k.onSlice().status(503)),
                named("slice reset", k -> k.onSlice().reset()),
                named("slice cut at 0", k -> k.onSlice(1).cutAfter(0)),
                named("slice cut at 1", k -> k.onSlice(1).cutAfter(1)),
                named("slice cut late", k -> k.onSlice(2).cutAfter(20_000)),
                named("slice stalled", k -> k.onSlice(3).stallAfter(1_000)),
                named("slice silent", k -> k.onSlice(0).stall()));
    }

    static Stream<Named> lasting() {
        return Stream.of(
                new Named("429", k -> k.onExport().tooManyRequests("1"), "rate_limited"),
                new Named("maintenance", k -> k.onExport().maintenance("559"), "maintenance"),
                new Named("500", k -> k.onJobPoll().status(500), "source_unavailable"),
                new Named("501", k -> k.onJobPoll().status(501), "source_unavailable"),
                new Named("reset", k -> k.onJobPoll().reset(), "source_unreachable"),
                new Named("403", k -> k.onExport().status(403), "access_denied"),
                new Named("login page", k -> k.onJobPoll().html(200), "answer_unreadable"),
                new Named("half of it", k -> k.onJobPoll().truncatedJson(), "answer_unreadable"),
                new Named("nothing", k -> k.onJobPoll().emptyBody(), "answer_unreadable"),
                new Named(
                        "redirect", k -> k.onJobPoll().redirect(URI.create("http://127.0.0.1:1/")), "redirect_refused"),
                new Named("file gone", k -> k.onFileDetail().status(404), "file_expired"),
                new Named("slice gone", k -> k.onSlice(1).status(404), "slice_missing"),
                new Named("slice 401", k -> k.onSlice(1).status(401), "storage_denied"),
                new Named("slice 500", k -> k.onSlice(1).status(500), "source_unavailable"),
                new Named("slice reset", k -> k.onSlice(1).reset(), "source_unreachable"),
                new Named("slice cut", k -> k.onSlice(1).cutAfter(10), "slice_cut"),
                new Named("slice dripping", k -> k.onSlice(1).drip(20), "slice_stalled"),
                new Named("poll dripping", k -> k.onJobPoll().drip(20), "source_unreachable"),
                new Named("slice stalled", k -> k.onSlice(1).stallAfter(10), "slice_stalled"),
                new Named(
                        "slice redirected",
                        k -> k.onSlice(1).redirect(URI.create("http://127.0.0.1:1/")),
                        "redirect_refused"),
                new Named("slice garbage", k -> k.onSlice(1).garbage(), "slices_unmergeable"));
    }

    static Stream<JobBehaviour> goodJobs() {
        return Stream.of(
                new JobBehaviour.EndsAtOnce(),
                new JobBehaviour.Succeeds(30),
                new JobBehaviour.Says("thinking", 3),
                new JobBehaviour.SucceedsWithTextIds());
    }

    static Stream<JobBehaviour> badJobs() {
        return Stream.of(
                new JobBehaviour.Fails("storage.tables.unload", "Cannot unload"),
                new JobBehaviour.FailsWithoutError(),
                new JobBehaviour.FailsWithOddMessage(),
                new JobBehaviour.SucceedsWithoutFile("null"),
                new JobBehaviour.SucceedsWithoutFile("[]"),
                new JobBehaviour.SucceedsWithoutFile("{}"));
    }

    private static Named named(String name, Function<FakeKeboola, Fault> arm) {
        return new Named(name, arm, "");
    }

    private ExportResult assertWhole() throws Exception {
        ExportResult result = exports.all(TABLE);
        assertEquals(ROWS, result.rows());
        Path source = Samples.BIRDSTRIKES.copyTo(directory.resolve("source.csv"));
        assertEquals(
                Tables.fingerprint("(SELECT COLUMNS(*)::VARCHAR FROM read_csv('" + source + "'))"),
                Tables.fingerprint(exports.rowsAsText()));
        return result;
    }

    private void assertFails(String code) {
        KeboolaException e = assertThrows(KeboolaException.class, () -> exports.all(TABLE));
        assertEquals(code, e.code(), e.toString());
        assertFalse(String.valueOf(e.getMessage()).contains(keboola.token()), e.getMessage());
        Duration waited = exports.time.waits().stream().reduce(Duration.ZERO, Duration::plus);
        assertTrue(waited.compareTo(Duration.ofMinutes(31)) < 0, "waited for " + waited);
    }
}
