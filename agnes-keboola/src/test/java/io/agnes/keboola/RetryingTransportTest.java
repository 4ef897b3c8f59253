// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryingTransportTest {
    private static final URI ADDRESS = URI.create("https://connection.keboola.com/v2/storage");
    private static final Transport.Request READ = Transport.Request.read(ADDRESS, Map.of(), Duration.ofSeconds(1));
    private static final Transport.Request POST =
            Transport.Request.post(ADDRESS, Map.of(), "{}", Duration.ofSeconds(1));

    private final HurriedTime time = new HurriedTime();
    private final ScriptedTransport script = new ScriptedTransport();

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 502, 503, 504})
    void whatMayPassIsTriedAgain(int status) throws Exception {
        script.then(status).then(status).then(200);
        assertEquals(200, send(READ));
        assertEquals(3, script.sent);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 301, 400, 401, 403, 404, 501})
    void whatDoesNotPassIsNot(int status) throws Exception {
        script.then(status);
        assertEquals(status, send(READ));
        assertEquals(1, script.sent);
    }

    @Test
    void anEndIsReached() throws Exception {
        script.always(500);
        assertEquals(500, send(READ));
        assertEquals(RetryingTransport.ATTEMPTS, script.sent);
    }

    @Test
    void aPostThatMayHaveBeenCarriedOutIsSentOnceMoreAndNoMore() throws Exception {
        script.always(500);
        assertEquals(500, send(POST));
        assertEquals(RetryingTransport.AMBIGUOUS_ATTEMPTS, script.sent);
    }

    @Test
    void aPostThatBrokeOffIsSentOnceMoreAndNoMore() {
        script.always(new IOException("reset"));
        assertThrows(IOException.class, () -> send(POST));
        assertEquals(RetryingTransport.AMBIGUOUS_ATTEMPTS, script.sent);
    }

    @Test
    void aPostThatWasNotSentIsSentAgain() throws Exception {
        script.then(new ConnectException()).then(new ConnectException()).then(202);
        assertEquals(202, send(POST));
    }

    @Test
    void whatPassesForOneRequestIsTriedAFewTimes() throws Exception {
        script.always(404);
        assertEquals(404, send(READ.passing(404)));
        assertEquals(RetryingTransport.PASSING_ATTEMPTS, script.sent);
    }

    @Test
    void waitsGrowAndStayWithinTheirBounds() throws Exception {
        script.always(500);
        send(READ);
        List<Duration> waits = time.waits();
        for (int i = 0; i < waits.size(); i++) {
            long full = Math.min(500L << i, RetryingTransport.LONGEST_PAUSE.toMillis());
            assertTrue(waits.get(i).toMillis() >= full / 2 && waits.get(i).toMillis() <= full, waits.toString());
        }
    }

    @Test
    void theServersTimeIsHonoured() throws Exception {
        script.then(429, "7").then(200);
        send(READ);
        assertEquals(List.of(Duration.ofSeconds(7)), time.waits());
    }

    @Test
    void aDayIsNotWaited() throws Exception {
        script.then(429, "86400").then(200);
        send(READ);
        assertEquals(List.of(RetryingTransport.LONGEST_RETRY_AFTER), time.waits());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Wed, 21 Oct 2015 07:28:00 GMT", "soon", "", "-1", "99999999999999999999"})
    void aTimeThatIsNoneOrPastDoesNoHarm(String retryAfter) throws Exception {
        script.then(429, retryAfter).then(200);
        assertEquals(200, send(READ));
    }

    @Test
    void theBudgetIsNotExceeded() throws Exception {
        for (int i = 0; i < 10; i++) {
            script.then(503, "50");
        }
        assertEquals(503, send(READ));
        assertEquals(List.of(Duration.ofSeconds(50), Duration.ofSeconds(50)), time.waits());
    }

    @Test
    void aBodyThatIsTooLongIsAnError() {
        script.then(200);
        KeboolaException e = assertThrows(KeboolaException.class, () -> send(READ.whole(3)));
        assertEquals("export_too_large", e.code());
    }

    private int send(Transport.Request request) throws IOException, InterruptedException {
        try (Transport retrying = RetryingTransport.of(script, Duration.ofMinutes(2), time, new Random(1));
                Transport.Response response = retrying.send(request)) {
            return response.status();
        }
    }

    /** Returns scripted answers in order. */
    private static final class ScriptedTransport implements Transport {
        private final Queue<Object> script = new ArrayDeque<>();
        private boolean repeats;
        private int sent;

        ScriptedTransport then(Object answer) {
            script.add(answer);
            return this;
        }

        ScriptedTransport then(int status, String retryAfter) {
            return then(response(status, Map.of("retry-after", retryAfter)));
        }

        void always(Object answer) {
            script.add(answer);
            repeats = true;
        }

        @Override
        public Response send(Request request) throws IOException {
            sent++;
            Object answer = repeats ? script.element() : script.remove();
            return switch (answer) {
                case IOException e -> throw e;
                case Response response -> response;
                case Integer status -> response(status, Map.of());
                default -> throw new IllegalStateException();
            };
        }

        private static Response response(int status, Map<String, String> headers) {
            return new Response(status, headers, new ByteArrayInputStream("body".getBytes()));
        }

        @Override
        public void close() {}
    }
}
