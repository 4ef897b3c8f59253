// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Counts the records of CSV text as it is read, and checks whether the first record is the names of the columns. Records end with a
 * line feed outside of quotes; a quote within a cell is doubled, so it opens and closes again. An empty line is a record
 * of a table of one column and nothing at all of a wider one.
 */
final class CsvScan {
    private static final int QUOTE = '"';
    private static final int LINE_FEED = '\n';
    private static final int CARRIAGE_RETURN = '\r';

    private final List<String> columns;
    private final int mostHeaderBytes;
    private final ByteArrayOutputStream first = new ByteArrayOutputStream();
    private boolean firstEnded;
    private boolean header;
    private boolean inQuotes;
    private long bytes;
    private long records;
    private long recordBytes;
    private long longest;
    private int last;
    private boolean returns;
    /** Whether the record so far is empty but for a carriage return. */
    private boolean blank = true;

    CsvScan(List<String> columns) {
        this.columns = columns;
        // Each name quoted, every letter of it a quote or four bytes long, and a comma.
        this.mostHeaderBytes =
                columns.stream().mapToInt(name -> 4 * name.length() + 3).sum() + 8;
    }

    void accept(byte[] text, int length) {
        for (int i = 0; i < length; i++) {
            byte b = text[i];
            if (b == LINE_FEED && !inQuotes) {
                returns |= last == CARRIAGE_RETURN;
                last = b;
                endRecord();
                continue;
            }
            inQuotes ^= b == QUOTE;
            blank &= b == CARRIAGE_RETURN;
            recordBytes++;
            last = b;
            if (!firstEnded) {
                collect(b);
            }
        }
        bytes += length;
        longest = Math.max(longest, recordBytes);
    }

    /** The last record may lack its line feed. */
    void end() {
        if (recordBytes > 0) {
            endRecord();
        }
    }

    private void collect(byte b) {
        if (first.size() < mostHeaderBytes) {
            first.write(b);
        } else {
            firstEnded = true;
        }
    }

    private void endRecord() {
        if (!firstEnded) {
            header = fields(first.toString(StandardCharsets.UTF_8)).equals(columns);
            firstEnded = true;
            records = header ? -1 : 0;
        }
        if (!blank || columns.size() == 1) {
            records++;
        }
        longest = Math.max(longest, recordBytes);
        recordBytes = 0;
        blank = true;
    }

    /** The cells of one record. */
    static List<String> fields(String record) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        String text = record.startsWith("\uFEFF") ? record.substring(1) : record;
        String line = text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == QUOTE) {
                boolean doubled = quoted && i + 1 < line.length() && line.charAt(i + 1) == QUOTE;
                i += doubled ? 1 : 0;
                quoted = doubled || !quoted;
                field.append(doubled ? "\"" : "");
            } else if (c == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString());
        return fields;
    }

    boolean header() {
        return header;
    }

    /** Whether a record ended with a carriage return and a line feed. */
    boolean returns() {
        return returns;
    }

    boolean inQuotes() {
        return inQuotes;
    }

    long records() {
        return records;
    }

    long bytes() {
        return bytes;
    }

    long longest() {
        return longest;
    }
}
