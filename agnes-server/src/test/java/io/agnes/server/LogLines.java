// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** The messages that the program logs during a test, as {@code LEVEL message}. */
final class LogLines extends Handler {
    private static final Logger OURS = Logger.getLogger("io.agnes");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Level before = OURS.getLevel();

    private LogLines() {}

    static LogLines listen() {
        LogLines lines = new LogLines();
        OURS.setLevel(Level.INFO);
        OURS.addHandler(lines);
        return lines;
    }

    @Override
    public void publish(LogRecord entry) {
        lines.add(entry.getLevel() + " " + entry.getMessage());
    }

    /** The messages with this prefix. */
    List<String> beginning(String text) {
        return lines.stream().filter(line -> line.startsWith(text)).toList();
    }

    /** Waits for a message with this prefix. */
    String await(String text) {
        long began = System.nanoTime();
        while (System.nanoTime() - began < PATIENCE.toNanos()) {
            List<String> found = beginning(text);
            if (!found.isEmpty()) {
                return found.getFirst();
            }
            Thread.onSpinWait();
        }
        throw new AssertionError("no line " + text + " among " + lines);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        OURS.removeHandler(this);
        OURS.setLevel(before);
    }
}
