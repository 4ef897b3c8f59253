// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/** A server of HTTP/1.1 on this machine that answers as a test tells it, also with what no server of Google would send. */
public final class ScriptedGoogle implements AutoCloseable {
    /**
     * A request.
     *
     * @param headers with names in lower case
     */
    public record Call(String method, String target, Map<String, String> headers, String body) {}

    /** What happens to a request. */
    public sealed interface Reply {
        /** A whole answer. */
        record Answer(int status, Map<String, String> headers, String body) implements Reply {}

        /** An answer of 200 that ends within its body. */
        record Cut(String body) implements Reply {}

        /** The connection is closed without an answer. */
        record Reset() implements Reply {}

        /** Nothing is sent until the caller hangs up. */
        record Stall() implements Reply {}
    }

    private final ServerSocket server;
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final CountDownLatch stalled = new CountDownLatch(1);
    private final Semaphore hungUp = new Semaphore(0);
    private volatile Function<Call, Reply> script;

    private ScriptedGoogle(Function<Call, Reply> script) throws IOException {
        this.script = script;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("scripted-google").start(this::accept);
    }

    /** A server with this script. */
    public static ScriptedGoogle start(Function<Call, Reply> script) throws IOException {
        return new ScriptedGoogle(script);
    }

    /** An answer in JSON. */
    public static Reply json(int status, String body) {
        return new Reply.Answer(status, Map.of("Content-Type", "application/json; charset=UTF-8"), body);
    }

    /** An error as Google's APIs send it. */
    public static Reply error(int status, String reason, String message) {
        return json(
                status,
                "{\"error\": {\"code\": " + status + ", \"message\": \"" + message + "\", \"errors\": [{\"reason\": \""
                        + reason + "\", \"message\": \"" + message + "\", \"domain\": \"global\"}]}}");
    }

    /** Changes the script. */
    public void script(Function<Call, Reply> next) {
        script = next;
    }

    /** The base of the server. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    /** A configuration for this server, without credentials. */
    public BigQueryConfig config() {
        return BigQueryConfig.of("my-project")
                .withPrivateTargets(true)
                .withEndpoint(url())
                .withStorageEndpoint(url())
                .withReadCredentials(BigQueryReadCredentials.anonymous())
                .withWriteCredentials(BigQueryWriteCredentials.anonymous());
    }

    /** The requests so far. */
    public List<Call> calls() {
        return List.copyOf(calls);
    }

    /** Waits until a request stalls. */
    public void awaitStall() throws InterruptedException {
        stalled.await();
    }

    /** Waits until the caller of a stalled request has hung up. */
    public void awaitHangUp() throws InterruptedException {
        hungUp.acquire();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                open.add(socket);
                Thread.ofVirtual().name("scripted-call").start(() -> answer(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void answer(Socket socket) {
        try (socket) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            String line = in.readLine();
            if (line == null) {
                return;
            }
            String[] words = line.split(" ");
            Map<String, String> headers = new HashMap<>();
            for (String header = in.readLine(); header != null && !header.isEmpty(); header = in.readLine()) {
                int colon = header.indexOf(':');
                headers.put(
                        header.substring(0, colon).toLowerCase(Locale.ROOT),
                        header.substring(colon + 1).strip());
            }
            char[] body = new char[Integer.parseInt(headers.getOrDefault("content-length", "0"))];
            for (int read = 0; read < body.length; ) {
                read += Math.max(0, in.read(body, read, body.length - read));
            }
            Call call = new Call(words[0], words[1], headers, new String(body));
            calls.add(call);
            send(socket, in, script.apply(call));
        } catch (IOException hungUpByCaller) {
            // The test sees it in the failure of its client.
        } finally {
            open.remove(socket);
        }
    }

    private void send(Socket socket, BufferedReader in, Reply reply) throws IOException {
        switch (reply) {
            case Reply.Answer answer -> {
                StringBuilder head = new StringBuilder("HTTP/1.1 " + answer.status() + " Scripted\r\n");
                answer.headers().forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
                byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
                write(socket, head + "Content-Length: " + bytes.length + "\r\nConnection: close\r\n\r\n", bytes);
            }
            case Reply.Cut cut -> {
                byte[] bytes = cut.body().getBytes(StandardCharsets.UTF_8);
                write(
                        socket,
                        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + (bytes.length + 1000)
                                + "\r\nConnection: close\r\n\r\n",
                        bytes);
            }
            case Reply.Reset reset -> socket.setSoLinger(true, 0);
            case Reply.Stall stall -> {
                stalled.countDown();
                try {
                    // Ends when the caller closes its end.
                    in.read();
                } finally {
                    hungUp.release();
                }
            }
        }
    }

    private static void write(Socket socket, String head, byte[] body) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(head.getBytes(StandardCharsets.ISO_8859_1));
        out.write(body);
        out.flush();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
