// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelidonTransportTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/a/b.c",
                "/a?include=",
                "/a?include=a,b&c",
                "/a%20b/c%2Fd%2B%25/e+f",
                "/%C4%8D/a?sv=2017-11-09&st=2026-08-20T08%3A00%3A00Z&sig=a%2Bb%2Fc%3D",
                "/a?sig=a+b/c=&x=%20",
                "/a%3Bb%3Dc/d",
                "/a~b-c_d.e/F_0_0_0.csv.gz"
            })
    void anAddressIsSentAsItIs(String target) throws Exception {
        assertEquals("GET " + target + " HTTP/1.1", exchange(target).getFirst());
    }

    @Test
    void nothingIsSentThatASignatureWouldNotKnow() throws Exception {
        List<String> head = exchange("/");
        List<String> names = head.stream()
                .skip(1)
                .map(line -> line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT))
                .sorted()
                .toList();
        assertEquals(List.of("connection", "content-length", "host", "user-agent", "x-own"), names);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nshort"
            })
    void aBodyThatEndsEarlyIsAnError(String response) throws Exception {
        try (Server server = new Server(response);
                HelidonTransport transport = HelidonTransport.of(Duration.ofSeconds(5), true);
                Transport.Response answer = transport.send(server.read("/"))) {
            assertThrows(IOException.class, () -> answer.body().readAllBytes());
        }
    }

    @Test
    void aRedirectIsAnAnswerLikeAnyOther() throws Exception {
        try (Server server = new Server("HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n");
                HelidonTransport transport = HelidonTransport.of(Duration.ofSeconds(5), true);
                Transport.Response answer = transport.send(server.read("/"))) {
            assertEquals(302, answer.status());
            assertEquals("/b", answer.header("location").orElseThrow());
        }
    }

    @Test
    void compressedBodiesStayAsTheyAre() throws Exception {
        try (Server server = new Server("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nplain");
                HelidonTransport transport = HelidonTransport.of(Duration.ofSeconds(5), true);
                Transport.Response answer = transport.send(server.read("/"))) {
            assertEquals("plain", new String(answer.body().readAllBytes(), StandardCharsets.US_ASCII));
        }
    }

    @Test
    void aClosedPortIsAFailureToConnect() throws Exception {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        try (HelidonTransport transport = HelidonTransport.of(Duration.ofSeconds(5), true)) {
            URI uri = URI.create("http://127.0.0.1:" + port + "/");
            assertThrows(
                    ConnectException.class,
                    () -> transport.send(Transport.Request.read(uri, Map.of(), Duration.ofSeconds(5))));
        }
    }

    private static List<String> exchange(String target) throws Exception {
        try (Server server = new Server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                HelidonTransport transport = HelidonTransport.of(Duration.ofSeconds(5), true)) {
            transport.send(server.read(target)).close();
            return server.head();
        }
    }

    /** Reads one request, sends one text, and closes the connection. */
    private static final class Server implements AutoCloseable {
        private final ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        private final FutureTask<List<String>> head;

        Server(String response) throws IOException {
            head = new FutureTask<>(() -> answer(response));
            Thread.ofVirtual().start(head);
        }

        Transport.Request read(String target) {
            URI uri = URI.create("http://127.0.0.1:" + socket.getLocalPort() + target);
            return Transport.Request.read(uri, Map.of("x-own", "1"), Duration.ofSeconds(5));
        }

        List<String> head() throws Exception {
            return head.get();
        }

        private List<String> answer(String response) throws IOException {
            try (Socket client = socket.accept();
                    BufferedReader in = new BufferedReader(
                            new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII))) {
                List<String> lines = new ArrayList<>();
                for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
                    lines.add(line);
                }
                client.getOutputStream().write(response.getBytes(StandardCharsets.US_ASCII));
                return lines;
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
