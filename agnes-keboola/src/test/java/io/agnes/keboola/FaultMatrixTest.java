// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.file.DiskSpace;
import io.agnes.testkit.Dialect;
import io.agnes.testkit.FakeKeboola;
import io.agnes.testkit.Fault;
import io.agnes.testkit.FaultPoint;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every fault at every step of an export, once, three times and permanently. Each case names its outcome: the same
 * bytes as without the fault, or a code. No case leaves a file, a descriptor or a thread behind.
 */
@Tag("slow")
class FaultMatrixTest {
    /** The timeout if the fault is silence. */
    private static final Duration SHORT = Duration.ofMillis(200);
    /** The timeout otherwise, because a busy machine may also be silent. */
    private static final Duration LONG = Duration.ofSeconds(20);

    private static final URI ELSEWHERE = URI.create("http://127.0.0.1:1/");
    private static final String PASSES = "";

    @TempDir
    static Path directory;

    private static BigSlices slices;
    private static String cleanSha256;
    private static int descriptors;

    enum Step {
        POLL(FakeKeboola::onJobPoll, ".*/v2/storage/jobs/.*"),
        FILE(FakeKeboola::onFileDetail, ".*/v2/storage/files/.*"),
        MANIFEST(FakeKeboola::onManifest, ".*manifest"),
        SLICE(keboola -> keboola.onSlice(1), ".*_0_1_0[.]parquet|.*_1_0_0[.]parquet");

        private final Function<FakeKeboola, FaultPoint> point;
        private final Pattern path;

        Step(Function<FakeKeboola, FaultPoint> point, String path) {
            this.point = point;
            this.path = Pattern.compile(path);
        }
    }

    /**
     * The outcome of a permanent fault at each step, in the order of the steps. A star and a number mean that this many
     * faults have the outcome already.
     */
    enum Trouble {
        STATUS_500(
                p -> p.status(500),
                "source_unavailable",
                "source_unavailable",
                "source_unavailable",
                "source_unavailable"),
        PAGE_502(
                p -> p.html(502),
                "source_unavailable",
                "source_unavailable",
                "source_unavailable",
                "source_unavailable"),
        BUSY_503(
                p -> p.status(503, "busy", "1"),
                "source_unavailable",
                "source_unavailable",
                "source_unavailable",
                "source_unavailable"),
        LIMIT_429(p -> p.tooManyRequests("1"), "rate_limited", "rate_limited", "rate_limited", "rate_limited"),
        STATUS_401(p -> p.status(401), "token_invalid*1", "token_invalid*1", "storage_denied*1", "storage_denied*1"),
        EXPIRED_403(p -> p.status(403), "access_denied*1", "access_denied*1", "storage_denied*3", "storage_denied*3"),
        STATUS_404(p -> p.status(404), "source_unavailable*1", "file_expired", "slice_missing*1", "slice_missing*1"),
        RESET(
                FaultPoint::reset,
                "source_unreachable",
                "source_unreachable",
                "source_unreachable",
                "source_unreachable"),
        GARBAGE(
                FaultPoint::garbage,
                "answer_unreadable*1",
                "answer_unreadable*1",
                "manifest_invalid*1",
                "slices_unmergeable*1"),
        WRONG_TYPE(
                p -> p.replace("[]".getBytes(StandardCharsets.UTF_8)),
                "answer_unreadable*1",
                "answer_unreadable*1",
                "manifest_invalid*1",
                "slices_unmergeable*1"),
        EMPTY(FaultPoint::emptyBody, "answer_unreadable*1", "answer_unreadable*1", "manifest_invalid*1", "slice_cut"),
        HALF(
                FaultPoint::truncatedJson,
                "answer_unreadable*1",
                "answer_unreadable*1",
                "manifest_invalid*1",
                "slice_cut"),
        DRIP(p -> p.drip(20), "source_unreachable", "source_unreachable", "source_unreachable", "slice_stalled"),
        STALL(
                FaultPoint::stall,
                "source_unreachable",
                "source_unreachable",
                "source_unreachable",
                "source_unreachable"),
        REDIRECT(
                p -> p.redirect(ELSEWHERE),
                "redirect_refused*1",
                "redirect_refused*1",
                "redirect_refused*1",
                "redirect_refused*1"),
        /** Below HTTP, where the fake receives no request. */
        TLS(null, "source_unreachable", "source_unreachable", "source_unreachable", "source_unreachable");

        private final Function<FaultPoint, Fault> arm;
        private final String[] codes;

        Trouble(Function<FaultPoint, Fault> arm, String... codes) {
            this.arm = arm;
            this.codes = codes;
        }

        boolean silent() {
            return this == STALL || this == DRIP;
        }

        String expected(Step step, int times) {
            String[] code = codes[step.ordinal()].split("[*]");
            int from = code.length == 1 ? ALWAYS : Integer.parseInt(code[1]);
            return times >= from ? code[0] : PASSES;
        }
    }

    private static final int ALWAYS = 1000;

    record Case(Step step, Trouble trouble, int times, String expected) {
        @Override
        public String toString() {
            return trouble + " at " + step + " x " + times + ": " + (expected.isEmpty() ? "passes" : expected);
        }
    }

    static Stream<Case> cases() {
        return Stream.of(Step.values())
                .flatMap(step -> Stream.of(Trouble.values())
                        .flatMap(trouble -> Stream.of(1, 3, ALWAYS)
                                .map(times -> new Case(step, trouble, times, trouble.expected(step, times)))));
    }

    @BeforeAll
    static void writeSlices() throws Exception {
        slices = BigSlices.write(directory, 4);
        // The first run loads classes and libraries.
        for (int i = 0; i < 2; i++) {
            try (FakeKeboola keboola = start();
                    Exports exports = connect(keboola, LONG, UnaryOperator.identity())) {
                cleanSha256 = exports.all(BigSlices.TABLE).digests().sha256();
            }
            descriptors = Leaks.descriptors();
        }
    }

    @AfterAll
    static void nothingIsLeft() throws Exception {
        Leaks.assertNoThreads(directory);
        Leaks.assertDescriptors(descriptors + 5);
        assertFalse(Files.exists(directory.resolve("draft")));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aFaultPassesOrSaysWhatItIs(Case one) throws Exception {
        try (FakeKeboola keboola = start();
                Exports exports = connect(keboola, one.trouble.silent() ? SHORT : LONG, around(one))) {
            if (one.trouble.arm != null) {
                one.trouble.arm.apply(one.step.point.apply(keboola)).times(one.times);
            }
            assertEquals(one.expected, outcome(exports), one.toString());
            Duration waited = exports.time.waits().stream().reduce(Duration.ZERO, Duration::plus);
            assertTrue(waited.compareTo(Duration.ofMinutes(15)) < 0, "waited for " + waited);
            keboola.verifyTokenNeverSentToStorage();
        }
        assertFalse(Files.exists(directory.resolve("draft")), "something is left of the draft");
    }

    private static String outcome(Exports exports) throws Exception {
        try {
            assertEquals(cleanSha256, exports.all(BigSlices.TABLE).digests().sha256());
            return PASSES;
        } catch (KeboolaException e) {
            return e.code();
        }
    }

    private static FakeKeboola start() {
        return slices.seed(
                FakeKeboola.builder().dialect(Dialect.AWS).jobPolls(1).start());
    }

    private static Exports connect(FakeKeboola keboola, Duration idle, UnaryOperator<Transport> around)
            throws Exception {
        return new Exports(
                keboola,
                directory,
                config -> config.withSliceIdleTimeout(idle).withReadTimeout(idle),
                around,
                DiskSpace.system());
    }

    private static UnaryOperator<Transport> around(Case one) {
        return one.trouble.arm == null ? inner -> new Handshakes(inner, one.step.path, one.times) : inner -> inner;
    }

    /** Connections whose first attempts fail before anything is sent. */
    private static final class Handshakes implements Transport {
        private final Transport inner;
        private final Pattern path;
        private final AtomicInteger left;

        Handshakes(Transport inner, Pattern path, int times) {
            this.inner = inner;
            this.path = path;
            this.left = new AtomicInteger(times);
        }

        @Override
        public Response send(Request request) throws IOException, InterruptedException {
            if (path.matcher(request.uri().getPath()).matches() && left.getAndDecrement() > 0) {
                ConnectException failed = new ConnectException("no connection for " + request);
                failed.initCause(new SSLHandshakeException("handshake_failure"));
                throw failed;
            }
            return inner.send(request);
        }

        @Override
        public void close() {
            inner.close();
        }
    }

    @Test
    void everyCodeIsInTheReadme() throws Exception {
        String readme = Files.readString(Path.of("README.md"));
        cases().map(Case::expected)
                .filter(code -> !code.isEmpty())
                .distinct()
                .forEach(code -> assertTrue(readme.contains("`" + code + "`"), code));
    }
}
