// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.Time;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;

/**
 * Shows the state of a long operation on standard error: one redrawn line on a terminal, or a new line every 30 seconds
 * elsewhere and on terminals that cannot redraw. Safe for use by several threads.
 */
final class StatusLine {
    private static final Duration BETWEEN_DRAWINGS = Duration.ofMillis(200);
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(30);
    private static final int WIDTH = 79;

    private final PrintStream out;
    private final boolean redraws;
    private final Time time;
    private long shownAt;
    private int drawn;

    StatusLine(PrintStream out, boolean redraws, Time time) {
        this.out = out;
        this.redraws = redraws;
        this.time = time;
        this.shownAt = time.nanos();
    }

    /**
     * A status line for the current standard error. The launcher passes whether it is a terminal, because not every JVM
     * release can detect it.
     */
    static StatusLine onStandardError(Time time) {
        return new StatusLine(System.err, redraws(Boolean.getBoolean("agnes.terminal"), System.getenv()), time);
    }

    static boolean redraws(boolean terminal, Map<String, String> environment) {
        String kind = environment.getOrDefault("TERM", "");
        return terminal && !kind.isEmpty() && !kind.equals("dumb");
    }

    boolean redraws() {
        return redraws;
    }

    /** Shows the text, unless the previous one was shown too recently. */
    synchronized void show(String text) {
        if (time.since(shownAt).compareTo(redraws ? BETWEEN_DRAWINGS : BETWEEN_LINES) >= 0) {
            shownAt = time.nanos();
            if (redraws) {
                draw(text);
            } else {
                out.println(text);
            }
        }
    }

    private void draw(String text) {
        String cut = text.length() <= WIDTH ? text : text.substring(0, WIDTH);
        out.print("\r" + cut + " ".repeat(Math.max(0, drawn - cut.length())));
        out.flush();
        drawn = cut.length();
    }

    /** Erases the status line, so that a permanent line can be printed. */
    synchronized void erase() {
        if (drawn > 0) {
            out.print("\r" + " ".repeat(drawn) + "\r");
            out.flush();
            drawn = 0;
        }
    }
}
