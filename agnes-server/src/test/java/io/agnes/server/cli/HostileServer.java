// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A server on raw sockets that sends a scripted answer for each target and then closes the connection. */
final class HostileServer implements AutoCloseable {
    private static final int LONGEST_HEAD = 64 * 1024;
    private static final int MILLIS_BETWEEN_DRIPS = 20;

    /** A scripted answer. */
    interface Answer {
        void send(OutputStream out, HostileServer server) throws IOException;
    }

    private final ServerSocket listener;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final CountDownLatch closing = new CountDownLatch(1);

    HostileServer() throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    /** Sends texts as given, including the head. */
    static Answer raw(String text) {
        return (out, server) -> out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    static Answer json(String body) {
        return body(200, "application/json", body.getBytes(StandardCharsets.UTF_8));
    }

    static Answer body(int status, String type, byte[] body) {
        return (out, server) -> {
            out.write(head(status, "Content-Type: " + type + "\r\nContent-Length: " + body.length));
            out.write(body);
        };
    }

    static byte[] head(int status, String headers) {
        return ("HTTP/1.1 " + status + " Told\r\n" + headers + "\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Sends the head, and then repeats the text until the client closes. */
    static Answer endless(String headers, String again) {
        return (out, server) -> {
            out.write(head(200, headers));
            byte[] bytes = again.repeat(1 + 64 * 1024 / again.length()).getBytes(StandardCharsets.UTF_8);
            while (server.closing.getCount() > 0) {
                out.write(bytes);
            }
        };
    }

    /** Sends the text, and then nothing until the server closes. */
    static Answer stalling(String text) {
        return (out, server) -> {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
            await(server.closing, Integer.MAX_VALUE);
        };
    }

    /** Sends the text, and then one byte of the other text at a time. */
    static Answer dripping(String text, String drip) {
        return (out, server) -> {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
            while (!await(server.closing, MILLIS_BETWEEN_DRIPS)) {
                out.write(drip.getBytes(StandardCharsets.UTF_8));
                out.flush();
            }
        };
    }

    private static boolean await(CountDownLatch latch, int millis) {
        try {
            return latch.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return true;
        }
    }

    HostileServer on(String target, Answer answer) {
        answers.put(target, answer);
        return this;
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    /** The heads of all requests so far. */
    List<String> heads() {
        return heads;
    }

    private void accept() {
        while (closing.getCount() > 0) {
            try {
                Socket socket = listener.accept();
                threads.execute(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            String head = readHead(socket.getInputStream());
            heads.add(head);
            String[] words = head.split(" ", 3);
            Answer answer =
                    answers.getOrDefault(words.length < 2 ? "" : words[1], body(404, "text/plain", new byte[0]));
            answer.send(socket.getOutputStream(), this);
        } catch (IOException left) {
            // The client may close an unwanted connection.
        }
    }

    private static String readHead(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < LONGEST_HEAD && head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                break;
            }
            head.append((char) next);
        }
        return head.toString();
    }

    @Override
    public void close() throws IOException {
        closing.countDown();
        listener.close();
        threads.shutdownNow();
    }
}
