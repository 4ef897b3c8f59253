// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FaultProxyTest {
    private static final int BODY_BYTES = 100_000;

    private HttpServer upstream;
    private FaultProxy proxy;

    @BeforeEach
    void open() throws IOException {
        upstream = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        upstream.createContext("/", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(200, BODY_BYTES);
                exchange.getResponseBody().write(new byte[BODY_BYTES]);
            }
        });
        upstream.start();
        proxy = FaultProxy.to(upstream.getAddress());
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
        upstream.stop(0);
    }

    /** All bytes of a response over one connection, head included. */
    private byte[] read(Socket socket) throws IOException {
        socket.setSoTimeout(500);
        socket.getOutputStream()
                .write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return socket.getInputStream().readAllBytes();
    }

    private Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), proxy.uri("http").getPort());
    }

    @Test
    void withoutTroubleItIsTransparent() throws IOException {
        try (Socket straight = new Socket(
                        InetAddress.getLoopbackAddress(), upstream.getAddress().getPort());
                Socket through = connect()) {
            assertEquals(read(straight).length, read(through).length);
        }
        assertEquals(1, proxy.connections());
    }

    @Test
    void aCutEndsOneConnectionInOrder() throws IOException {
        proxy.nextConnection(new FaultProxy.CutAfter(5000));

        try (Socket cut = connect();
                Socket whole = connect()) {
            assertEquals(5000, read(cut).length);
            assertTrue(read(whole).length > BODY_BYTES);
        }
    }

    @Test
    void aResetIsAnError() throws IOException {
        proxy.nextConnection(new FaultProxy.ResetAfter(0));

        try (Socket reset = connect()) {
            assertThrows(SocketException.class, () -> read(reset));
        }
    }

    @Test
    void aStallKeepsTheConnectionOpen() throws IOException {
        proxy.nextConnection(new FaultProxy.StallAfter(5000));

        try (Socket stalled = connect()) {
            assertThrows(SocketTimeoutException.class, () -> read(stalled));
        }
    }

    @Test
    void aThrottledConnectionIsSlowAndWhole() throws IOException {
        proxy.nextConnection(new FaultProxy.Throttle(BODY_BYTES * 4L));

        try (Socket slow = connect()) {
            long start = System.nanoTime();
            byte[] all = read(slow);
            assertTrue(System.nanoTime() - start > Duration.ofMillis(200).toNanos());
            assertArrayEquals(
                    new byte[BODY_BYTES], java.util.Arrays.copyOfRange(all, all.length - BODY_BYTES, all.length));
        }
    }

    @Test
    void aClosedUpstreamEndsTheConnection() throws IOException {
        upstream.stop(0);

        try (Socket alone = connect()) {
            assertEquals(0, endOf(alone));
        }
    }

    private int endOf(Socket socket) throws IOException {
        try {
            return read(socket).length;
        } catch (SocketException e) {
            return 0;
        }
    }
}
