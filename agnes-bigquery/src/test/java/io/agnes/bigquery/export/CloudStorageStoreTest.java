// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.bigquery.BigQueryConfig;
import io.agnes.bigquery.BigQueryReadCredentials;
import io.agnes.bigquery.BigQueryWriteCredentials;
import io.agnes.bigquery.GoogleCloudException;
import io.agnes.bigquery.client.WriteClient;
import io.agnes.core.Secret;
import io.agnes.core.contract.ObjectStoreContract;
import io.agnes.core.store.CreateOutcome;
import io.agnes.core.store.ObjectStore;
import io.agnes.core.store.StoredObject;
import io.agnes.testkit.FakeCloudStorage;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Google's client against a fake that checks what it sends. */
class CloudStorageStoreTest extends ObjectStoreContract {
    private static final String BUCKET = "staging";

    private final FakeCloudStorage storage = FakeCloudStorage.start().bucket(BUCKET);
    private final HurriedClock time = new HurriedClock();
    private final WriteClient client = WriteClient.of(config(), time);

    private BigQueryConfig config() {
        Secret key = Secret.of(storage.serviceAccountKey());
        return BigQueryConfig.of("my-project")
                .withPrivateTargets(true)
                .withReadCredentials(BigQueryReadCredentials.json(key))
                .withWriteCredentials(BigQueryWriteCredentials.json(key))
                .withStorageEndpoint(storage.endpoint());
    }

    @Override
    protected ObjectStore store() {
        return CloudStorageStore.of(client, BUCKET);
    }

    @AfterEach
    void close() {
        client.close();
        storage.verifyFaultsConsumed();
        storage.close();
    }

    @Test
    void aUrlReadsThisStateUntilItExpires() throws Exception {
        StoredObject object = created(store(), "folder/a b+c", "content");
        URI url = store().sign(object, Duration.ofMinutes(5)).orElseThrow();
        assertEquals("content", get(url));
        storage.clock().advance(Duration.ofMinutes(6));
        assertEquals("400", get(url));
        assertThrows(IllegalArgumentException.class, () -> store().sign(object, Duration.ofDays(8)));
        assertThrows(IllegalArgumentException.class, () -> store().sign(object, Duration.ZERO));
    }

    @Test
    void aUrlOfAStateThatIsGoneReadsNoOther() throws Exception {
        StoredObject object = created(store(), "name", "first");
        URI url = store().sign(object, Duration.ofMinutes(5)).orElseThrow();
        store().delete(object);
        created(store(), "name", "second");
        assertEquals("404", get(url));
    }

    @Test
    void credentialsThatCannotSignGiveNoUrl() throws Exception {
        try (FakeCloudStorage open =
                        FakeCloudStorage.builder().anonymous().start().bucket(BUCKET);
                WriteClient anonymous = WriteClient.of(
                        config().withWriteCredentials(BigQueryWriteCredentials.anonymous())
                                .withStorageEndpoint(open.endpoint()),
                        time)) {
            ObjectStore store = CloudStorageStore.of(anonymous, BUCKET);
            assertEquals(Optional.empty(), store.sign(created(store, "a", "a"), Duration.ofMinutes(1)));
        }
    }

    private static String get(URI url) throws Exception {
        HttpURLConnection connection = (HttpURLConnection) url.toURL().openConnection();
        if (connection.getResponseCode() != 200) {
            return Integer.toString(connection.getResponseCode());
        }
        try (InputStream in = connection.getInputStream()) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    @Test
    void anObjectLargerThanAChunkIsSentInChunks() throws Exception {
        byte[] bytes = new byte[2 * CloudStorageStore.CHUNK_BYTES + 12_345];
        new java.util.Random(7).nextBytes(bytes);
        StoredObject object = assertInstanceOf(
                        CreateOutcome.Created.class,
                        store().create("large", target -> target.write(ByteBuffer.wrap(bytes))))
                .object();
        assertEquals(bytes.length, object.length());
        try (InputStream in = store().read(object, 1_000_000, 1_500_000)) {
            assertEquals(ByteBuffer.wrap(bytes, 1_000_000, 500_000), ByteBuffer.wrap(in.readAllBytes()));
        }
    }

    @Test
    void aRangeIsOneRequestForThatRange() throws Exception {
        StoredObject object = created(store(), "digits", "0123456789");
        assertEquals("345", text(store(), object, 3, 6));
        assertEquals(
                List.of("bytes=3-5"),
                storage.requests("GET", ".*/o/digits").getLast().headers().get("range"));
    }

    @Test
    void requestsAreRepeatedWhileTheServiceIsBusy() throws Exception {
        StoredObject object = created(store(), "name", "content");
        storage.onDownload().status(503).times(2);
        storage.onMetadata().status(429).once();
        storage.onList().status(500).once();
        assertEquals("content", text(store(), object, 0, 7));
        assertTrue(store().stat("name").isPresent());
        assertEquals(1, names(store(), "", 10).size());
    }

    @Test
    void aMissingBucketAndAMissingPermissionSayWhatIsMissing() throws Exception {
        GoogleCloudException missing = assertThrows(
                GoogleCloudException.class,
                () -> CloudStorageStore.of(client, "no-such-bucket").list("", Optional.empty(), 10));
        assertEquals("bucket_not_found", missing.code());
        storage.onList().status(403).once();
        GoogleCloudException denied =
                assertThrows(GoogleCloudException.class, () -> store().list("", Optional.empty(), 10));
        assertEquals("access_denied", denied.code());
        assertTrue(denied.getMessage().contains("storage.objects.list"), denied.getMessage());
    }

    @Test
    void aStoreOfItsOwnEndsWithItsClient() throws Exception {
        CloudStorageStore own = CloudStorageStore.of(config(), BUCKET);
        assertEquals("a", text(own, created(own, "a", "a"), 0, 1));
        own.close();
        assertEquals(
                "client_closed",
                assertThrows(GoogleCloudException.class, () -> own.stat("a")).code());
    }

    @Test
    void objectsWithNamesOfOtherProgramsAreNotListed() throws Exception {
        storage.put(BUCKET, "folder/", new byte[0], "text/plain");
        storage.put(BUCKET, "folder/a", new byte[1], "text/plain");
        assertEquals(List.of("folder/a"), names(store(), "folder/", 10));
    }
}
