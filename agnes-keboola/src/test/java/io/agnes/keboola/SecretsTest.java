// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.agnes.testkit.Dialect;
import io.agnes.testkit.FakeKeboola;
import io.agnes.testkit.Fault;
import io.agnes.testkit.Samples;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("slow")
class SecretsTest {
    private static final List<Function<FakeKeboola, Fault>> FAULTS = List.of(
            k -> k.onJobPoll().reset(),
            k -> k.onFileDetail().html(200),
            k -> k.onSlice().reset(),
            k -> k.onSlice().cutAfter(7),
            k -> k.onSlice().status(403),
            k -> k.onSlice().stall());

    @TempDir
    Path directory;

    static Stream<Arguments> everyFaultOnEveryCloud() {
        return Stream.of(Dialect.values())
                .flatMap(dialect -> FAULTS.stream().map(fault -> Arguments.of(dialect, fault)));
    }

    /** This includes the stack traces of causes, which are logged. */
    @ParameterizedTest
    @MethodSource("everyFaultOnEveryCloud")
    void noFailureTellsATokenOrASignature(Dialect dialect, Function<FakeKeboola, Fault> fault) throws Exception {
        try (FakeKeboola keboola = FakeKeboola.builder().dialect(dialect).start();
                Exports exports = new Exports(
                        keboola,
                        directory,
                        config -> config.withSliceIdleTimeout(Duration.ofMillis(100))
                                .withReadTimeout(Duration.ofMillis(100)))) {
            keboola.seed(Samples.WEATHER);
            fault.apply(keboola).always();
            KeboolaException e = assertThrows(KeboolaException.class, () -> exports.all(Samples.WEATHER.tableId()));
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            for (String secret : List.of(keboola.token(), "sig=", "Signature", "ya29", "?sv", "Bearer")) {
                assertFalse(trace.toString().contains(secret), secret + " in " + trace);
            }
        }
    }
}
