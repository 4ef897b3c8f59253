// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.connection;

import io.helidon.http.RequestException;
import io.helidon.http.Status;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads requests from a connection and passes them on in pieces: the whole head, rewritten, then the bytes of the body. It
 * rewrites chunks without extensions and trailers. It refuses a request with ambiguous framing and reads no request after it,
 * because a proxy in front may see the end of the body at another byte. Only one thread may use it.
 */
final class RequestReader implements Supplier<byte @Nullable []> {
    /** The longest request line in bytes. */
    static final int LONGEST_LINE = 4096;

    /** The longest request line with all headers in bytes. */
    static final int LONGEST_HEAD = 12 * 1024;

    private static final int LONGEST_CHUNK_LINE = 256;
    private static final int MOST_CHUNK_EXTRAS = 16 * 1024;
    private static final int MOST_TRAILERS = 100;
    private static final int MOST_SIZE_DIGITS = 8;
    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** Learns the phase of a request each time before the reader waits for bytes. */
    interface Phases {
        /** The reader waits for the first byte of the next request. */
        void idle();

        /** The reader waits for more bytes of a head. */
        void head();

        /**
         * The reader waits for more bytes of a body.
         *
         * @param received the number of bytes received so far
         */
        void body(long received);

        /** The reader has passed on a piece and waits for no bytes. */
        void serving();
    }

    private enum State {
        HEAD,
        LENGTH,
        CHUNK_SIZE,
        CHUNK_DATA,
        CHUNK_END
    }

    private static final class EndOfInput extends RuntimeException {
        private static final long serialVersionUID = 1L;

        EndOfInput() {
            super(null, null, false, false);
        }
    }

    private final Supplier<byte @Nullable []> source;
    private final Phases phases;
    private State state = State.HEAD;
    private byte[] in = new byte[0];
    private int position;
    private long left;
    private long received;
    private int extras;
    private @Nullable RequestException refused;

    /** @param source returns the next bytes, or null at the end of the input */
    RequestReader(Supplier<byte @Nullable []> source, Phases phases) {
        this.source = source;
        this.phases = phases;
    }

    /** The next piece; null at the end of the input, also within a request. */
    @Override
    public byte @Nullable [] get() {
        if (refused != null) {
            // A new exception each time: a caller that caught the first one and reads on must not get the same object.
            throw RequestHead.refused(refused.status(), String.valueOf(refused.getMessage()));
        }
        try {
            byte[] next = next();
            phases.serving();
            return next;
        } catch (EndOfInput e) {
            return null;
        } catch (RequestException e) {
            refused = e;
            throw e;
        }
    }

    /** Whether the last request was read to its end and no request was refused. */
    boolean betweenRequests() {
        return state == State.HEAD && refused == null;
    }

    /** Whether a request was refused as malformed. */
    boolean refused() {
        return refused != null;
    }

    /** The next bytes to discard: of the body, or any bytes after a refused request; null at the end of the input. */
    byte @Nullable [] discard() {
        return refused == null ? get() : source.get();
    }

    private byte[] next() {
        return switch (state) {
            case HEAD -> head();
            case LENGTH -> bytes();
            case CHUNK_SIZE -> chunk();
            case CHUNK_DATA -> chunkBytes();
            case CHUNK_END -> {
                require(nextByte() == '\r' && nextByte() == '\n', "end of a chunk");
                state = State.CHUNK_SIZE;
                yield chunk();
            }
        };
    }

    private byte[] head() {
        int checked = 0;
        skipEmptyLine();
        while (true) {
            int end = endOfHead(checked);
            if (end > 0) {
                byte[] text = Arrays.copyOfRange(in, position, end);
                position = end;
                RequestHead head = RequestHead.of(text, text.length);
                left = head.bodyLength();
                received = 0;
                extras = 0;
                state = left == 0 ? State.HEAD : left == RequestHead.CHUNKED ? State.CHUNK_SIZE : State.LENGTH;
                return head.bytes();
            }
            checked = in.length - position;
            phases.head();
            more();
        }
    }

    /** Skips one empty line before a request (RFC 9112, 2.2): some clients send an extra line end after a body. */
    private void skipEmptyLine() {
        if (position == in.length) {
            phases.idle();
            more();
        }
        if (in[position] == '\r') {
            phases.head();
            nextByte();
            require(nextByte() == '\n', "line end");
            if (position == in.length) {
                more();
            }
        }
    }

    /**
     * The position after the empty line that ends a head, or 0 if it has not arrived.
     *
     * @param checked the number of bytes that an earlier call has checked
     */
    private int endOfHead(int checked) {
        for (int i = position + Math.max(0, checked - 1); i < in.length; i++) {
            int size = i - position + 1;
            if (size > LONGEST_HEAD) {
                throw RequestHead.tooLarge();
            }
            if (in[i] == '\r') {
                require(i + 1 == in.length || in[i + 1] == '\n', "line end");
            } else if (in[i] == '\n') {
                require(i > position && in[i - 1] == '\r', "line end");
                require(size > 2, "empty request line");
                if (size >= 4 && in[i - 2] == '\n') {
                    return i + 1;
                }
            }
        }
        if (in.length - position > LONGEST_LINE && firstLineEnd() < 0) {
            throw RequestHead.refused(Status.REQUEST_URI_TOO_LONG_414, "address");
        }
        return 0;
    }

    private int firstLineEnd() {
        for (int i = position; i < in.length && i - position <= LONGEST_LINE; i++) {
            if (in[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    /** Appends the next bytes to the unread ones. */
    private void more() {
        byte[] next = pull();
        if (position == in.length) {
            in = next;
        } else {
            byte[] both = Arrays.copyOfRange(in, position, in.length + next.length);
            System.arraycopy(next, 0, both, in.length - position, next.length);
            in = both;
        }
        position = 0;
    }

    private byte[] pull() {
        byte[] next = source.get();
        if (next == null) {
            throw new EndOfInput();
        }
        return next;
    }

    private byte[] bytes() {
        byte[] piece = piece();
        if (left == 0) {
            state = State.HEAD;
        }
        return piece;
    }

    /** The bytes of the body or chunk that have arrived; waits for at least one. */
    private byte[] piece() {
        fill();
        int size = (int) Math.min(left, in.length - position);
        byte[] piece = Arrays.copyOfRange(in, position, position + size);
        position += size;
        left -= size;
        return piece;
    }

    private void fill() {
        if (position == in.length) {
            phases.body(received);
            in = pull();
            position = 0;
            received += in.length;
        }
    }

    private byte[] chunk() {
        left = size(line());
        if (left > 0) {
            state = State.CHUNK_DATA;
            return chunkBytes();
        }
        int trailers = 0;
        while (!line().isEmpty()) {
            // A recipient may discard trailers (RFC 9112, 7.1.2).
            require(++trailers <= MOST_TRAILERS, "trailers");
        }
        state = State.HEAD;
        return LAST_CHUNK;
    }

    private byte[] chunkBytes() {
        byte[] data = piece();
        if (left == 0) {
            state = State.CHUNK_END;
        }
        byte[] size = (Integer.toHexString(data.length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        byte[] chunk = Arrays.copyOf(size, size.length + data.length + 2);
        System.arraycopy(data, 0, chunk, size.length, data.length);
        chunk[chunk.length - 2] = '\r';
        chunk[chunk.length - 1] = '\n';
        return chunk;
    }

    private long size(String line) {
        int digits = 0;
        while (digits < line.length() && Character.digit(line.charAt(digits), 16) >= 0 && line.charAt(digits) < 0x7f) {
            digits++;
        }
        require(digits > 0 && digits <= MOST_SIZE_DIGITS, "size of a chunk");
        String extension = line.substring(digits).strip();
        require(extension.isEmpty() ? digits == line.length() : extension.startsWith(";"), "size of a chunk");
        return Long.parseLong(line, 0, digits, 16);
    }

    private String line() {
        StringBuilder line = new StringBuilder();
        for (int b = nextByte(); b != '\r'; b = nextByte()) {
            require((b >= ' ' && b != 0x7f) || b == '\t', "line of a chunk");
            line.append((char) b);
            extras++;
            require(line.length() <= LONGEST_CHUNK_LINE, "line of a chunk");
        }
        require(nextByte() == '\n', "line end");
        extras -= Math.min(MOST_SIZE_DIGITS, line.length());
        require(extras <= MOST_CHUNK_EXTRAS, "extensions and trailers");
        return line.toString();
    }

    private int nextByte() {
        fill();
        return in[position++] & 0xff;
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw RequestHead.malformed(what);
        }
    }
}
