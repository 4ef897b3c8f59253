// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * A minimal HTTP/1.1 client. It sends the target as given and checks the framing of the answer to the last byte. It
 * opens one socket for each exchange.
 */
public final class Wire {
    private static final int PATIENCE_MILLIS = 20_000;

    private final String host;
    private final int port;
    private final BiConsumer<String, Reply> check;

    public Wire(URI address) {
        this(address, (request, reply) -> {});
    }

    /** @param check is told each request and its answer */
    Wire(URI address, BiConsumer<String, Reply> check) {
        this.host = address.getHost();
        this.port = address.getPort();
        this.check = check;
    }

    public Reply send(String method, String target, String... headers) throws IOException {
        return sendBody(method, target, null, headers);
    }

    /** @param body null for none */
    public Reply sendBody(String method, String target, String body, String... headers) throws IOException {
        StringBuilder request =
                new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: " + host + ":" + port + "\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        if (body != null) {
            int length = body.getBytes(StandardCharsets.UTF_8).length;
            request.append("Content-Length: ").append(length).append("\r\n");
        }
        return raw(request.append("\r\n").append(body == null ? "" : body).toString(), method.equals("HEAD"));
    }

    /**
     * Sends the text as given and reads one answer. The connection must then end or serve another request, which proves
     * that the answer had the declared length.
     */
    public Reply raw(String request, boolean head) throws IOException {
        try (Socket socket = connect()) {
            OutputStream out = socket.getOutputStream();
            InputStream in = new BufferedInputStream(socket.getInputStream());
            try {
                out.write(request.getBytes(StandardCharsets.UTF_8));
                out.flush();
            } catch (SocketException answeredBeforeAllWasSent) {
                // The answer may have arrived already.
            }
            Reply reply = read(in, head);
            if (!reply.header("connection").equalsIgnoreCase("close")) {
                out.write(("GET /health/live HTTP/1.1\r\nHost: " + host + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
                out.flush();
                Reply next = read(in, false);
                if (next.status() != 200) {
                    throw new IOException("after it came " + next.status() + " " + next.text());
                }
            } else if (!ended(in)) {
                throw new IOException("more came after the answer");
            }
            check.accept(request, reply);
            return reply;
        }
    }

    private static boolean ended(InputStream in) throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketException reset) {
            return true;
        }
    }

    public Socket connect() throws IOException {
        Socket socket = new Socket(host, port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    /** Reads the next answer from a connection. */
    public static Reply read(InputStream in, boolean head) throws IOException {
        int status = status(line(in));
        Map<String, List<String>> headers = headers(in);
        if (head || status == 204 || status == 304) {
            return new Reply(status, headers, new byte[0]);
        }
        if (headers.containsKey("transfer-encoding")) {
            return new Reply(status, headers, chunks(in));
        }
        int promised = Integer.parseInt(
                headers.getOrDefault("content-length", List.of("0")).getFirst());
        byte[] body = in.readNBytes(promised);
        if (promised != body.length) {
            throw new EOFException(promised + " bytes were promised and " + body.length + " came");
        }
        return new Reply(status, headers, body);
    }

    public static int status(String line) throws IOException {
        if (!line.startsWith("HTTP/1.1 ")) {
            throw new IOException("no status line: " + line);
        }
        return Integer.parseInt(line.substring(9, 12));
    }

    public static Map<String, List<String>> headers(InputStream in) throws IOException {
        Map<String, List<String>> headers = new TreeMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.computeIfAbsent(line.substring(0, colon).toLowerCase(Locale.ROOT), name -> new ArrayList<>())
                    .add(line.substring(colon + 1).strip());
        }
        return headers;
    }

    public static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int read = in.read(); read != '\n'; read = in.read()) {
            if (read < 0) {
                throw new EOFException("the connection ended within: " + line);
            }
            if (read != '\r') {
                line.write(read);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    private static byte[] chunks(InputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = Integer.parseInt(line(in), 16); size > 0; size = Integer.parseInt(line(in), 16)) {
            body.write(in.readNBytes(size));
            line(in);
        }
        line(in);
        return body.toByteArray();
    }
}
