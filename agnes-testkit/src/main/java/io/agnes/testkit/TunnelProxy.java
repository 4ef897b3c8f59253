// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An HTTP proxy on 127.0.0.1 that supports only {@code CONNECT} and connects each known host name to one local server.
 * Clients use it to reach the fake under the host names of a cloud. It connects to no other machine.
 */
final class TunnelProxy implements AutoCloseable {
    private static final int MAX_HEAD_BYTES = 16 << 10;
    private static final int MAX_CONNECTIONS = 1_024;
    private static final int MILLIS = 10_000;
    private static final Pattern CONNECT = Pattern.compile("CONNECT (?<host>[^ :]+)(?::\\d+)? HTTP/1\\.[01]");

    private final InetSocketAddress target;
    private final Predicate<String> known;
    private final ServerSocket server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore connections = new Semaphore(MAX_CONNECTIONS);
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    /** @param known the host names, in lower case, that lead to the target */
    TunnelProxy(int port, InetSocketAddress target, Predicate<String> known) throws IOException {
        this.target = target;
        this.known = known;
        this.server = new ServerSocket(port, 0, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                connections.acquire();
                Socket client = server.accept();
                open.add(client);
                threads.execute(() -> serve(client));
            } catch (IOException e) {
                connections.release();
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client;
                Socket upstream = new Socket()) {
            client.setSoTimeout(MILLIS);
            String line = head(client.getInputStream());
            Matcher asked = CONNECT.matcher(line);
            if (!asked.matches()) {
                say(client, "405 Method Not Allowed", "This proxy supports only CONNECT, not: " + line);
            } else if (!known.test(asked.group("host").toLowerCase(Locale.ROOT))) {
                say(client, "403 Forbidden", "This proxy does not connect to " + asked.group("host"));
            } else {
                open.add(upstream);
                upstream.connect(target, MILLIS);
                client.setSoTimeout(0);
                client.getOutputStream().write(ascii("HTTP/1.1 200 Connection established\r\n\r\n"));
                threads.execute(() -> pump(client, upstream));
                pump(upstream, client);
                open.remove(upstream);
            }
        } catch (IOException e) {
            // One side closed its connection; try-with-resources closes the other.
        } finally {
            open.remove(client);
            connections.release();
        }
    }

    /** Reads a request head up to its empty line and returns the first line. */
    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0 || head.length() == MAX_HEAD_BYTES) {
                throw new IOException("The head does not end");
            }
            head.append((char) next);
        }
        return head.substring(0, head.indexOf("\r\n"));
    }

    private static void say(Socket client, String status, String text) throws IOException {
        client.getOutputStream()
                .write(ascii("HTTP/1.1 " + status + "\r\nContent-Type: text/plain\r\nContent-Length: " + text.length()
                        + "\r\nConnection: close\r\n\r\n" + text));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static void pump(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException e) {
            // The other direction fails too and closes both sockets.
        }
    }

    /** Closes the port and every connection. */
    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
        threads.shutdownNow();
        threads.close();
    }
}
