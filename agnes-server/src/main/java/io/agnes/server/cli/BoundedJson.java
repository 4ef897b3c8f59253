// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongConsumer;

/**
 * Reads JSON in UTF-8 from a server and throws {@link MalformedException} when the document exceeds a bound. A JSON
 * parser keeps texts, numbers, open brackets or all values in memory without a bound, so this stream limits their size
 * and number.
 */
final class BoundedJson extends InputStream {
    private static final int DEEPEST = 64;
    private static final int LONGEST_TEXT = 64 * 1024;

    /** How the reader of the document uses it. */
    enum Retention {
        /** The reader keeps every value: 500,000 values take about 50 MB. */
        TREE(8 * 1024 * 1024, 500_000),
        /** The reader keeps only the values that it needs. */
        STREAM(64 * 1024 * 1024, Long.MAX_VALUE);

        private final long longest;
        private final long mostValues;

        Retention(long longest, long mostValues) {
            this.longest = longest;
            this.mostValues = mostValues;
        }
    }

    private final InputStream in;
    private final Retention retention;
    private final LongConsumer arrived;
    private long bytes;
    private long values;
    private int depth;
    private int run;
    private boolean inText;
    private boolean escaped;

    BoundedJson(InputStream in, Retention retention, LongConsumer arrived) {
        this.in = in;
        this.retention = retention;
        this.arrived = arrived;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int read = in.read(buffer, offset, length);
        if (read > 0) {
            arrived.accept(read);
            bytes += read;
            require(bytes <= retention.longest, "it is longer than " + retention.longest + " bytes");
            for (int i = offset; i < offset + read; i++) {
                see(buffer[i]);
            }
        }
        return read;
    }

    /** Every byte of a character beyond ASCII is negative, so it never equals a structural character. */
    private void see(byte next) {
        run++;
        if (inText) {
            inText = escaped || next != '"';
            escaped = !escaped && next == '\\';
        } else {
            mark(next);
        }
        require(run <= LONGEST_TEXT, "a text or number in it is longer than " + LONGEST_TEXT + " bytes");
    }

    private void mark(byte next) {
        switch (next) {
            case '"' -> {
                inText = true;
                run = 0;
            }
            case '{', '[' -> {
                depth++;
                begin();
                require(depth <= DEEPEST, "it is nested deeper than " + DEEPEST);
            }
            case '}', ']' -> {
                depth--;
                run = 0;
            }
            case ',', ':' -> begin();
            default -> {}
        }
    }

    private void begin() {
        run = 0;
        values++;
        require(values <= retention.mostValues, "it has more than " + retention.mostValues + " values");
    }

    private static void require(boolean good, String otherwise) {
        if (!good) {
            throw new MalformedException(otherwise);
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
