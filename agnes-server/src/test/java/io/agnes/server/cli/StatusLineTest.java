// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.Time;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StatusLineTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    private Duration now = Duration.ZERO;

    private final Time time = new Time() {
        @Override
        public Instant now() {
            return Instant.EPOCH.plus(now);
        }

        @Override
        public long nanos() {
            return now.toNanos();
        }

        @Override
        public void sleep(Duration duration) {
            now = now.plus(duration);
        }
    };

    private String printed() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private ProgressMeter meter(boolean redraws) {
        return new ProgressMeter(new StatusLine(out, redraws, time), time);
    }

    @Test
    void onlyATerminalThatCanRedrawIsRedrawn() {
        assertTrue(StatusLine.redraws(true, Map.of("TERM", "xterm")));
        assertFalse(StatusLine.redraws(true, Map.of("TERM", "dumb")));
        assertFalse(StatusLine.redraws(true, Map.of()));
        assertFalse(StatusLine.redraws(false, Map.of("TERM", "xterm")));
    }

    @Test
    void aTerminalIsRedrawnAndLeftEmpty() throws InterruptedException {
        ProgressMeter meter = meter(true);
        meter.start("orders", 4 << 20, 0);
        time.sleep(Duration.ofSeconds(1));
        meter.advance(1 << 20);
        String line = "orders [=====               ] 25% 1.0/4.0 MiB 1.0 MiB/s";
        assertEquals("\r" + line, printed());
        meter.end();
        assertEquals("\r" + line + "\r" + " ".repeat(line.length()) + "\r", printed());
    }

    @Test
    void nothingIsShownDoneBeforeItsHashIsKnown() throws InterruptedException {
        ProgressMeter meter = meter(true);
        meter.start("orders", 1 << 20, 0);
        time.sleep(Duration.ofSeconds(1));
        meter.advance(1 << 20);
        time.sleep(Duration.ofSeconds(1));
        meter.checking();
        assertTrue(printed().contains("99% "), printed());
        assertTrue(printed().endsWith("  checking"), printed());
        assertFalse(printed().contains("100%"), printed());
    }

    @Test
    void aSizeOfNothingHasNoBar() throws InterruptedException {
        ProgressMeter meter = meter(true);
        meter.start("empty", 0, 0);
        time.sleep(Duration.ofSeconds(1));
        meter.checking();
        meter.end();
        assertEquals("", printed());
    }

    @Test
    void withoutATerminalALineComesEveryHalfMinute() throws InterruptedException {
        ProgressMeter meter = meter(false);
        meter.start("orders", 100 << 20, 0);
        for (int second = 0; second < 65; second++) {
            time.sleep(Duration.ofSeconds(1));
            meter.advance(1 << 20);
        }
        meter.end();
        assertEquals(
                "orders: 30.0 of 100.0 MiB, 1.0 MiB/s\norders: 60.0 of 100.0 MiB, 1.0 MiB/s\n",
                printed().replace(System.lineSeparator(), "\n"));
    }
}
