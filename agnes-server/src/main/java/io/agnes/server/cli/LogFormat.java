// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.Printable;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneId;
import java.util.Locale;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;

/**
 * Formats a log record as one line, followed by the stack trace of an error with each line indented. Control characters
 * are escaped, so that logged text cannot start a new record or control a terminal.
 */
final class LogFormat extends Formatter {
    private static final String INDENT = "    ";

    @Override
    public String format(LogRecord entry) {
        String line = String.format(
                Locale.ROOT,
                "%1$tFT%1$tT.%1$tL%1$tz %2$s %3$s %4$s%n",
                entry.getInstant().atZone(ZoneId.systemDefault()),
                entry.getLevel().getName(),
                entry.getLoggerName(),
                Printable.of(formatMessage(entry)));
        return line + trace(entry.getThrown());
    }

    private static String trace(@Nullable Throwable thrown) {
        if (thrown == null) {
            return "";
        }
        StringWriter trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace));
        StringBuilder indented = new StringBuilder();
        trace.toString()
                .lines()
                .forEach(line -> indented.append(INDENT)
                        .append(Printable.of(line.replace("\t", INDENT)))
                        .append(System.lineSeparator()));
        return indented.toString();
    }
}
