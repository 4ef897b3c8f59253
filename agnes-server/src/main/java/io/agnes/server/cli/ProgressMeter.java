// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.Time;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Locale;

/**
 * Shows the progress of one download. It never shows 100 %, because the hash still has to be checked after the last
 * byte.
 */
final class ProgressMeter {
    private static final double MIB = 1L << 20;
    private static final int BAR = 20;
    private static final int LONGEST_NAME = 28;

    private final StatusLine line;
    private final Time time;
    private String name = "";
    private long total;
    private long have;
    private long had;
    private long startedAt;

    ProgressMeter(StatusLine line, Time time) {
        this.line = line;
        this.time = time;
    }

    static ProgressMeter onStandardError() {
        return new ProgressMeter(StatusLine.onStandardError(Time.system()), Time.system());
    }

    /** A meter that shows nothing. */
    static ProgressMeter silent() {
        PrintStream nowhere =
                new PrintStream(OutputStream.nullOutputStream(), false, java.nio.charset.StandardCharsets.UTF_8);
        return new ProgressMeter(new StatusLine(nowhere, false, Time.system()), Time.system());
    }

    synchronized void start(String table, long bytes, long already) {
        name = table.length() <= LONGEST_NAME ? table : table.substring(0, LONGEST_NAME - 3) + "...";
        total = bytes;
        have = already;
        had = already;
        startedAt = time.nanos();
    }

    synchronized void advance(long bytes) {
        have += bytes;
        show("");
    }

    /** Reports that all bytes have arrived and the hash is being computed. */
    synchronized void checking() {
        show("  checking");
    }

    private void show(String what) {
        if (total > 0) {
            line.show((line.redraws() ? drawn() : plain()) + what);
        }
    }

    private String drawn() {
        int percent = percent();
        int filled = percent * BAR / 100;
        return String.format(
                Locale.ROOT,
                "%s [%s%s] %2d%% %.1f/%.1f MiB %.1f MiB/s",
                name,
                "=".repeat(filled),
                " ".repeat(BAR - filled),
                percent,
                have / MIB,
                total / MIB,
                speed());
    }

    private String plain() {
        return String.format(Locale.ROOT, "%s: %.1f of %.1f MiB, %.1f MiB/s", name, have / MIB, total / MIB, speed());
    }

    private int percent() {
        return (int) Math.clamp(100.0 * have / total, 0, 99);
    }

    private double speed() {
        double seconds = time.since(startedAt).toNanos() / 1e9;
        return seconds <= 0 ? 0 : Math.max(0, have - had) / MIB / seconds;
    }

    void end() {
        line.erase();
    }
}
