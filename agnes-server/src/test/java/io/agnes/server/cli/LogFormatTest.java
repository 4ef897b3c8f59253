// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.Printable;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogFormatTest {
    private static String format(String message, Throwable thrown) {
        LogRecord entry = new LogRecord(Level.WARNING, message);
        entry.setLoggerName("io.agnes.X");
        entry.setThrown(thrown);
        return new LogFormat().format(entry);
    }

    @Test
    void aMessageIsOneLineWithTimeLevelAndLogger() {
        String line = format("table orders: {0}", null);
        assertTrue(
                line.matches(
                        "[0-9-]{10}T[0-9:]{8}\\.[0-9]{3}[+-][0-9]{4} WARNING io\\.agnes\\.X table orders: \\{0\\}\n"),
                line);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\n",
                "\r",
                "\u001b[2J",
                "\u0000",
                "\u007f",
                "\u0085",
                "\u009b",
                "\u2028",
                "\u2029",
                "\u202e",
                "\ud800"
            })
    void whatIsNoPlainTextIsEscaped(String outside) {
        String line = format("a" + outside + "b", null);
        assertEquals(1, line.lines().count(), line);
        assertTrue(line.strip().chars().noneMatch(c -> Character.isISOControl(c) || c > 0x7f), line);
        assertTrue(line.contains("a\\"), line);
    }

    @Test
    void lettersOfAllLanguagesStay() {
        assertEquals("žluťoučký 表 😀 a\\b", Printable.of("žluťoučký 表 😀 a\\b"));
    }

    @Test
    void theMessageOfAnErrorCannotBeginALineOfItsOwn() {
        String forged = "2026-01-01T00:00:00.000+0000 INFO io.agnes.X all is well";
        List<String> lines = format("failed", new IllegalStateException("oops\n" + forged + "\u001b[2J"))
                .lines()
                .toList();
        assertTrue(lines.size() > 3, lines.toString());
        for (String line : lines.subList(1, lines.size())) {
            assertTrue(line.startsWith("    "), line);
            assertTrue(line.chars().noneMatch(Character::isISOControl), line);
        }
    }
}
