// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FakeKeboolaFaultTest {
    private static final String ID = "in.c-demo.weather";

    private final FakeKeboola keboola =
            FakeKeboola.builder().jobPolls(1).sliceRows(1000).strict().start();
    private final Client client = new Client(keboola);
    private Client.Export export;
    private byte[] whole;

    @BeforeEach
    void export() throws Exception {
        keboola.seed(Samples.WEATHER);
        export = client.export(ID, "{}");
        whole = client.send(client.slice(export, 1)).body();
    }

    @AfterEach
    void close() {
        keboola.close();
        client.close();
    }

    @Nested
    class OnASlice {
        @Test
        void aCutEndsTheBodyEarlyOnce() throws Exception {
            keboola.onSlice(1).cutAfter(1000).once();

            assertEquals(200, client.send(client.slice(export, 0)).statusCode());
            assertThrows(IOException.class, () -> client.send(client.slice(export, 1)));
            assertArrayEquals(whole, client.send(client.slice(export, 1)).body());
        }

        @Test
        void aCutAfterTheEndStillCuts() {
            keboola.onSlice(1).cutAfter(Long.MAX_VALUE).once();

            assertThrows(IOException.class, () -> client.send(client.slice(export, 1)));
        }

        @Test
        void aStallWithinTheBodySendsTheHeadAndThenNothingMore() throws Exception {
            keboola.onSlice(1).stallAfter(1000).once();
            var pending = client.sendAsync(client.slice(export, 1));

            // The client's timeout covers only the head, so it would wait for the body without end.
            assertThrows(TimeoutException.class, () -> pending.get(300, TimeUnit.MILLISECONDS));
            pending.cancel(true);
        }

        @Test
        void aDripIsSlowAndWhole() throws Exception {
            keboola.onSlice(1).drip(whole.length * 4L).once();

            long start = System.nanoTime();
            assertArrayEquals(whole, client.send(client.slice(export, 1)).body());
            assertTrue(System.nanoTime() - start > Duration.ofMillis(200).toNanos());
        }

        @Test
        void garbageHasTheRightLength() throws Exception {
            keboola.onSlice(1).garbage().once();
            byte[] garbage = client.send(client.slice(export, 1)).body();

            assertEquals(whole.length, garbage.length);
            assertNotEquals(whole[0], garbage[0]);
        }

        @Test
        void anEmptyBodyIsWellFramed() throws Exception {
            keboola.onSlice().emptyBody().times(2);

            assertEquals(0, client.send(client.slice(export, 0)).body().length);
            assertEquals(0, client.send(client.slice(export, 1)).body().length);
        }

        @Test
        void aStatusHasAnErrorBodyOfTheStore() throws Exception {
            keboola.onSlice(1).status(503).once();

            assertEquals("503 SlowDown", FakeObjectStoreTest.error(client.send(client.slice(export, 1))));
        }

        @Test
        void aBodyCanBeShorterLongerOrFlipped() throws Exception {
            keboola.onSlice(1).shorter(5).once();
            keboola.onSlice(1).longer(3).once();
            keboola.onSlice(1).flipped(-2).once();
            byte[] shorter = client.send(client.slice(export, 1)).body();
            var longer = client.send(client.slice(export, 1).header("Range", "bytes=0-9"));
            byte[] flipped = client.send(client.slice(export, 1)).body();

            assertArrayEquals(Arrays.copyOf(whole, whole.length - 5), shorter);
            assertEquals(13, longer.body().length);
            assertEquals(
                    "bytes 0-9/" + whole.length,
                    longer.headers().firstValue("Content-Range").orElse(""));
            assertEquals(whole.length - 2, Arrays.mismatch(whole, flipped));
            assertEquals(whole.length, flipped.length);
        }

        @Test
        void aBodyCanComeInChunks() throws Exception {
            keboola.onSlice(1).chunked().once();
            var response = client.send(client.slice(export, 1));

            assertArrayEquals(whole, response.body());
            assertEquals(
                    "chunked",
                    response.headers().firstValue("Transfer-encoding").orElse(""));
        }

        @Test
        void chunksCanClaimALength() throws Exception {
            keboola.onSlice(1).chunked(7).once();
            URI store = keboola.storageEndpoint();
            try (var socket = new java.net.Socket(store.getHost(), store.getPort())) {
                var request = client.slice(export, 1).build();
                socket.getOutputStream()
                        .write(("GET " + request.uri().getRawPath() + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                                        + "Authorization: "
                                        + request.headers()
                                                .firstValue("Authorization")
                                                .orElseThrow() + "\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

                assertTrue(answer.contains("Content-length: 7\r\n"), answer);
                assertTrue(answer.contains("Transfer-encoding: chunked\r\n"), answer);
            }
        }

        @Test
        void aCompressedSliceCanBeSentUncompressed() throws Exception {
            Client.Export zipped = client.export(ID, "{\"gzip\":true}");
            keboola.onSlice(1).unzipped().once();

            assertArrayEquals(whole, client.send(client.slice(zipped, 1)).body());
        }

        @Test
        void aHeaderCanClaimAnEncoding() throws Exception {
            keboola.onSlice(1).header("Content-Encoding", "gzip").once();

            assertEquals(
                    "gzip",
                    client.send(client.slice(export, 1))
                            .headers()
                            .firstValue("Content-Encoding")
                            .orElse(""));
        }
    }

    @Nested
    class OnTheApi {
        @Test
        void aLimitCarriesItsRetryAfter() throws Exception {
            keboola.onExport().tooManyRequests("1").once();
            var response = client.post(ID, "{}");

            assertEquals(429, response.statusCode());
            assertEquals("1", response.headers().firstValue("Retry-After").orElse(""));
            assertEquals(202, client.post(ID, "{}").statusCode());
        }

        @Test
        void maintenanceHasNoErrorKey() throws Exception {
            keboola.onFileDetail().maintenance("559").once();
            var response = client.get("/files/" + export.file().get("id"));

            assertEquals(503, response.statusCode());
            assertEquals("maintenance", Client.object(response).get("status"));
            assertFalse(Client.object(response).containsKey("error"));
        }

        @Test
        void anExportCanHappenThoughItsAnswerIsLost() throws Exception {
            long before = (Long) export.job().get("id");
            keboola.onExport().statusAfterDoing(500).once();
            keboola.onExport().reset().once();

            assertEquals(500, client.post(ID, "{\"limit\":1}").statusCode());
            assertThrows(IOException.class, () -> client.post(ID, "{\"limit\":2}"));
            assertEquals(
                    before + 3, Client.object(client.post(ID, "{\"limit\":3}")).get("id"));
        }

        @Test
        void aStatusInsteadMakesNoJob() throws Exception {
            long before = (Long) export.job().get("id");
            keboola.onExport().status(500).once();

            assertEquals(500, client.post(ID, "{}").statusCode());
            assertEquals(before + 1, Client.object(client.post(ID, "{}")).get("id"));
        }

        @Test
        void answersCanBeAlteredInEveryWay() throws Exception {
            keboola.onTable().truncatedJson().once();
            keboola.onTable().html(502).once();
            keboola.onTable().redirect(URI.create("http://127.0.0.1:1/login")).once();
            keboola.onTable()
                    .rewrite(text -> text.replace("\"rowsCount\":2922", "\"rowsCount\":null"))
                    .once();
            keboola.onTable()
                    .header("Content-Type", "application/json; charset=utf-8")
                    .once();
            keboola.onTable().gzipped().once();
            String path = "/tables/" + ID;

            assertThrows(IllegalArgumentException.class, () -> Client.object(client.get(path)));
            assertTrue(Client.string(client.get(path)).startsWith("<!DOCTYPE html>"));
            assertEquals(
                    "http://127.0.0.1:1/login",
                    client.get(path).headers().firstValue("Location").orElse(""));
            Map<String, Object> altered = Client.object(client.get(path));
            assertTrue(altered.containsKey("rowsCount") && altered.get("rowsCount") == null);
            assertEquals(
                    "application/json; charset=utf-8",
                    client.get(path).headers().firstValue("Content-Type").orElse(""));
            try (var text = new GZIPInputStream(
                    new java.io.ByteArrayInputStream(client.get(path).body()))) {
                assertTrue(new String(text.readAllBytes(), StandardCharsets.UTF_8).startsWith("{\"uri\":"));
            }
        }

        @Test
        void aStallBeforeTheHeadHoldsTheConnection() {
            keboola.onJobPoll().stall().once();

            assertThrows(
                    HttpTimeoutException.class,
                    () -> client.within(
                            Duration.ofMillis(300),
                            client.api("/jobs/" + export.job().get("id"))));
        }

        @Test
        void aManifestCanListOtherEntries() throws Exception {
            keboola.onManifest()
                    .entries(urls -> List.of(urls.get(2), urls.get(0), urls.get(0), "file:///etc/passwd"))
                    .once();
            List<String> entries = client.export(ID, "{}").entries();

            assertEquals(
                    List.of(
                            export.entries().get(2),
                            export.entries().get(0),
                            export.entries().get(0)),
                    entries.subList(0, 3));
            assertEquals("file:///etc/passwd", entries.get(3));
        }

        @Test
        void aFieldCanBeAnotherOrMissing() throws Exception {
            keboola.onFileDetail().field("sizeBytes", null).once();
            keboola.onFileDetail().without("gcsCredentials").once();
            Object id = export.file().get("id");

            assertTrue(client.file(id).containsValue(null));
            assertTrue(!client.file(id).containsKey("gcsCredentials"));
        }

        @Test
        void filtersCanBeIgnored() throws Exception {
            keboola.onExport().filtersIgnored().times(2);
            String all = client.text(client.export(ID, "{\"columns\":\"date\"}"));

            assertEquals(all, client.text(client.export(ID, "{\"columns\":\"date\",\"limit\":1}")));
            assertEquals(
                    1,
                    client.text(client.export(ID, "{\"columns\":\"date\",\"limit\":1}"))
                            .lines()
                            .count());
        }

        @Test
        void aManifestCanSayAnything() throws Exception {
            keboola.onManifest()
                    .replace("{\"entries\":[{\"url\":\"file:///etc/passwd\"}]}".getBytes(StandardCharsets.UTF_8))
                    .once();

            assertEquals(List.of("file:///etc/passwd"), client.export(ID, "{}").entries());
        }
    }

    @Nested
    class Jobs {
        @Test
        void failWithAndWithoutAnError() throws Exception {
            keboola.nextJob(new JobBehaviour.Fails("storage.tables.x", "Cannot unload"));
            keboola.nextJob(new JobBehaviour.FailsWithoutError());

            assertEquals("Cannot unload", Client.at(client.job(ID, "{}"), "error", "message"));
            Map<String, Object> bare = client.job(ID, "{}");
            assertEquals("error", bare.get("status"));
            assertFalse(bare.containsKey("error"));
        }

        @Test
        void canEndInTheFirstAnswer() throws Exception {
            keboola.nextJob(new JobBehaviour.EndsAtOnce());

            assertEquals("success", Client.object(client.post(ID, "{}")).get("status"));
        }

        @Test
        void canNeverEnd() throws Exception {
            keboola.nextJob(new JobBehaviour.NeverEnds());
            String path = "/jobs/" + Client.object(client.post(ID, "{}")).get("id");

            for (int i = 0; i < 20; i++) {
                assertTrue(List.of("waiting", "processing")
                        .contains(Client.object(client.get(path)).get("status")));
            }
        }

        @Test
        void canHaveAnUnknownStatus() throws Exception {
            keboola.nextJob(new JobBehaviour.Says("terminating", 1));
            String path = "/jobs/" + Client.object(client.post(ID, "{}")).get("id");

            assertEquals("terminating", Client.object(client.get(path)).get("status"));
            assertEquals("success", Client.object(client.get(path)).get("status"));
        }

        @Test
        void canSucceedWithoutAFileOrWithTextIds() throws Exception {
            keboola.nextJob(new JobBehaviour.SucceedsWithoutFile("[]"));
            keboola.nextJob(new JobBehaviour.SucceedsWithTextIds());

            assertEquals(List.of(), client.job(ID, "{}").get("results"));
            assertTrue(client.job(ID, "{}").get("id") instanceof String);
        }
    }

    @Test
    void unconsumedFaultsFailTheVerificationAndTheStrictClose() {
        try (FakeKeboola other = FakeKeboola.start()) {
            other.onSlice(7).reset().once();
            other.onTable().status(500).always();
            other.nextJob(new JobBehaviour.NeverEnds());
            AssertionError error = assertThrows(AssertionError.class, other::verifyFaultsConsumed);
            assertTrue(error.getMessage().contains("onSlice(7).reset")
                    && error.getMessage().contains("NeverEnds"));
        }
        FakeKeboola strict = FakeKeboola.builder().strict().start();
        strict.onSlice().garbage().once();
        assertThrows(AssertionError.class, strict::close);
    }

    @Test
    void closingEndsAStalledConnection() throws Exception {
        keboola.onTable().stall().once();
        var pending = client.sendAsync(client.api("/tables/" + ID));
        keboola.awaitRequests("GET", "/v2/storage/tables/.*", 1, Duration.ofSeconds(10));
        keboola.close();

        assertThrows(java.util.concurrent.ExecutionException.class, pending::get);
    }

    @Test
    void overlappingSlicesAreCounted() throws Exception {
        assertEquals(1, keboola.mostSlicesAtOnce());
        keboola.onSlice().stallAfter(10).times(2);
        client.sendAsync(client.slice(export, 0));
        client.sendAsync(client.slice(export, 1));
        keboola.awaitRequests("GET", ".*_0_[01]_0\\.csv", 3, Duration.ofSeconds(10));
        client.send(client.slice(export, 2));

        assertEquals(3, keboola.mostSlicesAtOnce());
    }

    @Test
    void aRevokedTokenIsRefusedMidRun() throws Exception {
        keboola.onJobPoll().expired().once();

        assertEquals("storage.tokenInvalid", client.job(ID, "{}").get("code"));
    }

    @Test
    void aTokenSentToTheStoreIsFound() throws Exception {
        client.send(client.slice(export, 0).header("X-StorageApi-Token", "anything"));

        assertThrows(AssertionError.class, keboola::verifyTokenNeverSentToStorage);
    }
}
