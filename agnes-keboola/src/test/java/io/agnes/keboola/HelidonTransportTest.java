package io.agnes.keboola;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.FutureTask;
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
                "/a~b-c_d.e/F_0_0_0.csv.gz"
            })
    void anAddressIsSentAsItIs(String target) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                HelidonTransport transport = HelidonTransport.of(Duration.ofSeconds(5), true)) {
            FutureTask<String> line = new FutureTask<>(() -> answer(server));
            Thread.ofVirtual().start(line);
            URI uri = URI.create("http://127.0.0.1:" + server.getLocalPort() + target);
            transport
                    .send(Transport.Request.read(uri, Map.of(), Duration.ofSeconds(5)))
                    .close();
            assertEquals("GET " + target + " HTTP/1.1", line.get());
        }
    }

    private static String answer(ServerSocket server) throws IOException {
        try (Socket socket = server.accept();
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
            String first = in.readLine();
            while (!in.readLine().isEmpty()) {
                continue;
            }
            socket.getOutputStream()
                    .write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return first;
        }
    }
}
