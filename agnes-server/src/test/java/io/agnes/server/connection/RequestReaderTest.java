// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.helidon.http.RequestException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestReaderTest {
    private static final String HOST = "Host: x\r\n";

    private static final RequestReader.Phases NONE = new RequestReader.Phases() {
        @Override
        public void idle() {}

        @Override
        public void head() {}

        @Override
        public void body(long received) {}

        @Override
        public void serving() {}
    };

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** All bytes that the reader passes on if the input arrives in pieces of this size. */
    private static String read(String sent, int piece) {
        Deque<byte[]> pieces = new ArrayDeque<>();
        byte[] all = bytes(sent);
        for (int i = 0; i < all.length; i += piece) {
            pieces.add(Arrays.copyOfRange(all, i, Math.min(all.length, i + piece)));
        }
        RequestReader reader = new RequestReader(pieces::poll, NONE);
        StringBuilder read = new StringBuilder();
        for (byte[] next = reader.get(); next != null; next = reader.get()) {
            read.append(new String(next, StandardCharsets.ISO_8859_1));
        }
        return read.toString();
    }

    private static String read(String sent) {
        return read(sent, sent.length());
    }

    private static void refused(String sent, int status) {
        for (int piece : new int[] {1, 7, sent.length()}) {
            RequestException refused = assertThrows(RequestException.class, () -> read(sent, piece), sent);
            assertEquals(status, refused.status().code(), sent);
        }
    }

    @Test
    void pipelinedRequestsAreTheSameForEveryPieceSize() {
        String sent =
                "POST /a?b=c HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhelloGET /b HTTP/1.1\r\nHost: y\r\n\r\n";
        for (int piece = 1; piece <= sent.length(); piece++) {
            assertEquals(sent, read(sent, piece));
        }
    }

    @Test
    void chunksLoseTheirExtensionsAndTrailers() {
        String sent = "POST / HTTP/1.1\r\nHost: x\r\ntransfer-encoding: Chunked\r\n\r\n"
                + "3;a=\"b\"\r\nabc\r\n0A ; x\r\n0123456789\r\n000;y\r\nTrailer: 1\r\nOther: 2\r\n\r\n"
                + "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
        String expected = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "3\r\nabc\r\na\r\n0123456789\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n";
        assertEquals(expected, read(sent));
    }

    @Test
    void aPartOfAChunkIsPassedOnAtOnce() {
        String head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
        assertEquals(head + "2\r\nab\r\n", read(head + "ffffff\r\nab"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "identity",
                "xchunked",
                "gzip",
                "chunked, chunked",
                "gzip, chunked",
                "chunked;a=b",
                "\"chunked\"",
                "",
                "chunked\r\nTransfer-Encoding: chunked",
                "chunked\r\nContent-Length: 3"
            })
    void aTransferCodingThatIsNotChunkedAloneIsRefused(String coding) {
        refused("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: " + coding + "\r\n\r\n0\r\n\r\n", 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "3\r\nabcX\r\n0\r\n\r\n",
                "3\r\nabc\n0\r\n\r\n",
                "3\nabc\r\n0\r\n\r\n",
                "3 x\r\nabc\r\n0\r\n\r\n",
                "3 \r\nabc\r\n0\r\n\r\n",
                " 3\r\nabc\r\n0\r\n\r\n",
                "+3\r\nabc\r\n0\r\n\r\n",
                "-3\r\nabc\r\n0\r\n\r\n",
                "0x3\r\nabc\r\n0\r\n\r\n",
                "\r\nabc\r\n0\r\n\r\n",
                "000000003\r\nabc\r\n0\r\n\r\n",
                "3;a\nforged\r\nabc\r\n0\r\n\r\n",
                "3;a\rforged\r\nabc\r\n0\r\n\r\n",
                "0\r\nTrailer: a\nforged\r\n\r\n"
            })
    void aMalformedChunkIsRefused(String body) {
        refused("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + body, 400);
    }

    @Test
    void extensionsAndTrailersHaveABound() {
        String head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
        refused(head + "1;" + "a".repeat(300) + "\r\n", 400);
        refused(head + ("1;" + "a".repeat(200) + "\r\nx\r\n").repeat(100), 400);
        refused(head + "0\r\n" + "a: b\r\n".repeat(101), 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET foo HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET * HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET / HTTP/1.1 \r\nHost: x\r\n\r\n",
                "GET /#a HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /\u00e9 HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /\r\nHost: x\r\n\r\n",
                "GET / HTTP/1.2\r\nHost: x\r\n\r\n",
                "GET / http/1.1\r\nHost: x\r\n\r\n",
                "G(T / HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET / HTTP/1.1\nHost: x\n\n",
                "GET / HTTP/1.1\r\nHost: x\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\rY: z\r\n\r\n",
                "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n folded\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\n: b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nA: b\u0000c\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 1\r\n\r\na",
                "GET / HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
                "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"
            })
    void anAmbiguousHeadIsRefused(String head) {
        refused(head, 400);
    }

    @Test
    void theSizeOfAHeadHasABound() {
        refused("GET /" + "a".repeat(5000) + " HTTP/1.1\r\nHost: x\r\n\r\n", 414);
        refused("GET / HTTP/1.1\r\nHost: x\r\nA: " + "a".repeat(13_000), 431);
        refused("GET / HTTP/1.1\r\nHost: x\r\n" + "A: b\r\n".repeat(101) + "\r\n", 431);
        refused("CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n", 501);
    }

    @Test
    void readingOnAfterARefusalIsRefusedAgain() {
        byte[] sent = bytes("GARBAGE\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n");
        Deque<byte[]> pieces = new ArrayDeque<>();
        pieces.add(sent);
        RequestReader reader = new RequestReader(pieces::poll, NONE);
        assertThrows(RequestException.class, reader::get);
        assertThrows(RequestException.class, reader::get);
    }

    @ParameterizedTest
    @CsvSource({
        "GET / HTTP/1.0, GET / HTTP/1.1",
        "OPTIONS * HTTP/1.0, OPTIONS / HTTP/1.1",
        "GET http://y:8/a?b HTTP/1.0, GET /a?b HTTP/1.1",
        "GET HTTPS://y HTTP/1.0, GET / HTTP/1.1",
        "GET http://y?b HTTP/1.0, GET /?b HTTP/1.1"
    })
    void olderVersionsAndAbsoluteTargetsAreRewritten(String line, String expected) {
        String read = read(line + "\r\nConnection: keep-alive\r\n\r\n");
        assertEquals(expected, read.lines().findFirst().orElseThrow());
        assertEquals(1, read.split("Connection: close\r\n", -1).length - 1, read);
        assertEquals(1, read.split("Host: ", -1).length - 1, read);
    }

    @Test
    void theAuthorityOfTheTargetIsTheHost() {
        assertEquals("GET /a HTTP/1.1\r\nHost: y:8\r\n\r\n", read("GET http://y:8/a HTTP/1.1\r\nHost: other\r\n\r\n"));
    }

    @Test
    void oneEmptyLineBeforeARequestIsSkipped() {
        assertEquals("GET / HTTP/1.1\r\nHost: x\r\n\r\n", read("\r\nGET / HTTP/1.1\r\n" + HOST + "\r\n"));
    }

    @Test
    void aClientThatLeavesWithinAHeadOrBodyEndsTheInput() {
        Deque<byte[]> pieces = new ArrayDeque<>();
        pieces.add(bytes("GET / HT"));
        assertNull(new RequestReader(pieces::poll, NONE).get());
        assertEquals(
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab",
                read("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab"));
    }
}
