// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One object on a raw socket. Its responses end at the position and with the framing that a test selects. */
final class RawStore implements AutoCloseable {
    private static final Pattern RANGE = Pattern.compile("(?i)range: bytes=(\\d*)-(\\d*)");
    private static final int CHUNK_BYTES = 7_000;

    /** The framing of a response. */
    enum Framing {
        LENGTH,
        CHUNKED,
        /** Ends with a valid last chunk although bytes are missing. */
        CHUNKED_POLITELY,
        /** Ends only when the connection closes. */
        CLOSE
    }

    private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final byte[] object;
    private final Framing framing;
    private final AtomicInteger connections = new AtomicInteger();
    private volatile int cutAt = Integer.MAX_VALUE;
    private volatile int cutsLeft;
    private volatile boolean gzipHeader;

    RawStore(byte[] object, Framing framing) throws IOException {
        this.object = object;
        this.framing = framing;
        Thread.ofVirtual().start(this::accept);
    }

    /** Cuts a number of responses before this byte of the object. */
    void cut(int at, int times) {
        cutAt = at;
        cutsLeft = times;
        connections.set(0);
    }

    /** Marks responses as compressed, as some stores do for compressed objects. */
    void sayGzip() {
        gzipHeader = true;
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }

    int connections() {
        return connections.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = socket.accept();
                Thread.ofVirtual().start(() -> answer(client));
            }
        } catch (IOException e) {
            // The socket is closed.
        }
    }

    private void answer(Socket client) {
        try (client) {
            connections.incrementAndGet();
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
            int first = 0;
            int last = object.length - 1;
            for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                Matcher range = RANGE.matcher(line);
                if (range.matches() && range.group(1).isEmpty()) {
                    first = Math.max(0, object.length - Integer.parseInt(range.group(2)));
                } else if (range.matches()) {
                    first = Integer.parseInt(range.group(1));
                    last = Math.min(last, Integer.parseInt(range.group(2)));
                }
            }
            send(client.getOutputStream(), first, last + 1);
        } catch (IOException e) {
            // The client has all bytes that it needs.
        }
    }

    private void send(OutputStream out, int first, int end) throws IOException {
        StringBuilder head = new StringBuilder("HTTP/1.1 206 Partial Content\r\nConnection: close\r\nETag: \"1\"\r\n")
                .append("Content-Range: bytes " + first + "-" + (end - 1) + "/" + object.length + "\r\n");
        if (gzipHeader) {
            head.append("Content-Encoding: gzip\r\n");
        }
        switch (framing) {
            case LENGTH -> head.append("Content-Length: " + (end - first) + "\r\n");
            case CHUNKED, CHUNKED_POLITELY -> head.append("Transfer-Encoding: chunked\r\n");
            case CLOSE -> {}
        }
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
        boolean cuts = cutsLeft > 0 && first <= cutAt && cutAt < end;
        if (cuts) {
            cutsLeft--;
        }
        body(out, first, cuts ? cutAt : end, !cuts || framing == Framing.CHUNKED_POLITELY);
        out.flush();
    }

    private void body(OutputStream out, int first, int end, boolean whole) throws IOException {
        if (framing == Framing.LENGTH || framing == Framing.CLOSE) {
            out.write(object, first, end - first);
            return;
        }
        for (int at = first; at < end; at += CHUNK_BYTES) {
            int count = Math.min(CHUNK_BYTES, end - at);
            out.write((Integer.toHexString(count) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            out.write(object, at, count);
            out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        if (whole) {
            out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
