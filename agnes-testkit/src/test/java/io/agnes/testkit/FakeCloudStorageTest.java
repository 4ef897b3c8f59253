// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.api.gax.retrying.RetrySettings;
import com.google.auth.oauth2.ServiceAccountCredentials;
import com.google.cloud.NoCredentials;
import com.google.cloud.WriteChannel;
import com.google.cloud.storage.BlobId;
import com.google.cloud.storage.BlobInfo;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.Storage.BlobWriteOption;
import com.google.cloud.storage.Storage.ComposeRequest;
import com.google.cloud.storage.Storage.SignUrlOption;
import com.google.cloud.storage.StorageException;
import com.google.cloud.storage.StorageOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a test does with the fake, and what no real bucket does on request. */
class FakeCloudStorageTest {
    private static final String BUCKET = "staging";
    private static final String SCOPES = "https://www.googleapis.com/auth/";
    private static final int QUANTUM = 256 << 10;

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Storage> clients = new ArrayList<>();
    private FakeCloudStorage fake;

    @AfterEach
    void close() throws Exception {
        for (Storage client : clients) {
            client.close();
        }
        http.close();
        fake.close();
    }

    private FakeCloudStorage start() {
        return start(FakeCloudStorage.builder());
    }

    private FakeCloudStorage start(FakeCloudStorage.Builder settings) {
        fake = settings.start().bucket(BUCKET);
        return fake;
    }

    private Storage client() throws IOException {
        return client(6);
    }

    private Storage client(int attempts) throws IOException {
        return opened(options(attempts)
                .setCredentials(ServiceAccountCredentials.fromStream(
                        new ByteArrayInputStream(fake.serviceAccountKey().getBytes(UTF_8)))));
    }

    private Storage opened(StorageOptions.Builder options) {
        Storage client = options.build().getService();
        clients.add(client);
        return client;
    }

    private StorageOptions.Builder options(int attempts) {
        return StorageOptions.newBuilder()
                .setProjectId("agnes-testkit")
                .setHost(fake.endpoint().toString())
                .setRetrySettings(RetrySettings.newBuilder()
                        .setMaxAttempts(attempts)
                        .setInitialRetryDelayDuration(Duration.ofMillis(10))
                        .setMaxRetryDelayDuration(Duration.ofMillis(50))
                        .setRetryDelayMultiplier(2)
                        .setTotalTimeoutDuration(Duration.ofSeconds(30))
                        .build());
    }

    private static byte[] random(int bytes) {
        byte[] random = new byte[bytes];
        new Random(bytes).nextBytes(random);
        return random;
    }

    private void put(String name, String text) {
        fake.put(BUCKET, name, text.getBytes(UTF_8), "text/plain");
    }

    private HttpRequest.Builder api(String path) {
        return HttpRequest.newBuilder(URI.create(fake.endpoint() + path));
    }

    private HttpRequest.Builder api(String path, String token) {
        return api(path).header("Authorization", "Bearer " + token);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.timeout(Duration.ofSeconds(30)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String reason(HttpResponse<String> response) {
        return response.statusCode() + " " + response.body().replaceAll("(?s).*\"reason\":\"([^\"]*)\".*", "$1");
    }

    private static String code(HttpResponse<String> response) {
        return response.statusCode() + " " + response.body().replaceAll("(?s).*<Code>(.*)</Code>.*", "$1");
    }

    @Nested
    class OfATest {
        @TempDir
        Path scratch;

        @Test
        void objectsAreWrittenListedReadAndDeletedInTheProcess() throws Exception {
            start();
            Path file = Files.write(scratch.resolve("shard"), random(3 << 20));
            FakeObject large = fake.put(BUCKET, "shards/1", file, "application/x-parquet");
            put("shards/0", "x");
            put("other", "y");

            assertEquals(3 << 20, large.size());
            assertEquals("application/x-parquet", large.contentType());
            assertEquals(
                    List.of("shards/0", "shards/1"),
                    fake.list(BUCKET, "shards/").stream().map(FakeObject::name).toList());
            assertArrayEquals(Files.readAllBytes(file), fake.bytes(BUCKET, "shards/1"));
            assertTrue(fake.delete(BUCKET, "shards/1"));
            assertFalse(fake.delete(BUCKET, "shards/1"));
            assertFalse(fake.delete(BUCKET, "shard"));
            assertEquals(2, fake.list(BUCKET, "").size());
        }

        @Test
        void aMissingBucketOrObjectIsNamed() {
            start();
            assertEquals(
                    "The specified bucket does not exist.",
                    assertThrows(IllegalArgumentException.class, () -> fake.list("none", ""))
                            .getMessage());
            assertEquals(
                    "No such object: staging/none",
                    assertThrows(IllegalArgumentException.class, () -> fake.bytes(BUCKET, "none"))
                            .getMessage());
            assertThrows(IllegalArgumentException.class, () -> fake.bucket(BUCKET));
        }

        @Test
        void theClientReadsWhatTheTestWrote() throws Exception {
            start();
            put("a", "hello");
            Storage storage = client();
            assertArrayEquals("hello".getBytes(UTF_8), storage.readAllBytes(BUCKET, "a"));
            storage.create(BlobInfo.newBuilder(BUCKET, "b").build(), "back".getBytes(UTF_8));
            assertArrayEquals("back".getBytes(UTF_8), fake.bytes(BUCKET, "b"));
            fake.verifyCount("GET", "/(download/)?storage/v1/b/staging/o/a", 1);
            assertEquals(1, fake.requests("POST", "/token").size());
        }

        @Test
        void theJournalKeepsTheBeginningOfAnUpload() throws Exception {
            start(FakeCloudStorage.builder().anonymous());
            send(api("/staging/a").PUT(BodyPublishers.ofByteArray(new byte[2 << 20])));
            send(api("/storage/v1/b/staging/o/b/compose").POST(BodyPublishers.ofString("{}" + " ".repeat(2_000))));

            assertEquals(2 << 20, fake.list(BUCKET, "a").getFirst().size());
            assertEquals(
                    List.of(1_024, 2_002),
                    fake.requests().stream()
                            .map(request -> request.body().length())
                            .toList());
        }

        @Test
        void closingDeletesTheObjects() throws Exception {
            start();
            put("a", "hello");
            fake.close();
            assertThrows(IOException.class, () -> send(api("/storage/v1/b")));
        }

        @Test
        void aRouteThatIsNotServedAnswers501WithItsName() throws Exception {
            start(FakeCloudStorage.builder().anonymous());
            HttpResponse<String> response = send(api("/storage/v1/b/staging/iam"));

            assertEquals("501 notImplemented", reason(response));
            assertTrue(response.body().contains("GET /storage/v1/b/staging/iam"), response.body());
        }
    }

    @Nested
    class Credentials {
        @Test
        void withoutCredentialsARequestIsRefusedUnlessTheFakeIsAnonymous() throws Exception {
            start();
            put("a", "x");
            HttpResponse<String> refused = send(api("/storage/v1/b/staging/o/a"));
            assertEquals("401 required", reason(refused));
            assertEquals("401 AuthenticationRequired", code(send(api("/staging/a"))));
            fake.close();

            start(FakeCloudStorage.builder().anonymous());
            put("a", "x");
            assertEquals(200, send(api("/storage/v1/b/staging/o/a")).statusCode());
            assertEquals("x", send(api("/staging/a")).body());
            assertEquals("401 authError", reason(send(api("/storage/v1/b/staging/o/a", "ya29.wrong"))));
            Storage storage = opened(options(1).setCredentials(NoCredentials.getInstance()));
            assertEquals(1, storage.readAllBytes(BUCKET, "a").length);
        }

        @Test
        void anAccessTokenExpiresByTheClock() throws Exception {
            start();
            String token = fake.accessToken(SCOPES + "devstorage.read_write");
            assertEquals(200, send(api("/storage/v1/b/staging", token)).statusCode());

            fake.clock().advance(Duration.ofMinutes(61));
            HttpResponse<String> late = send(api("/storage/v1/b/staging", token));
            assertEquals("401 authError", reason(late));
            assertTrue(late.headers().firstValue("www-authenticate").orElse("").contains("invalid_token"));
        }

        @Test
        void theClientFetchesANewTokenAfterTheOldOneHasExpired() throws Exception {
            start(FakeCloudStorage.builder().tokenLife(Duration.ofMinutes(10)));
            put("a", "x");
            Storage storage = client();
            storage.readAllBytes(BUCKET, "a");
            fake.clock().advance(Duration.ofMinutes(11));
            storage.readAllBytes(BUCKET, "a");
            fake.verifyCount("POST", "/token", 2);
        }

        @Test
        void readOnlyScopesReadAndDoNotWrite() throws Exception {
            start();
            put("a", "x");
            String token = fake.accessToken(SCOPES + "devstorage.read_only");

            assertEquals(200, send(api("/storage/v1/b/staging/o/a", token)).statusCode());
            assertEquals(
                    "403 insufficientPermissions",
                    reason(send(api("/storage/v1/b/staging/o/a", token).DELETE())));
            assertEquals("403 AccessDenied", code(send(api("/staging/a", token).PUT(BodyPublishers.ofString("y")))));
            assertEquals(
                    "403 insufficientPermissions",
                    reason(send(api("/storage/v1/b/staging/o/a", fake.accessToken("email")))));
            assertArrayEquals("x".getBytes(UTF_8), fake.bytes(BUCKET, "a"));
        }

        @Test
        void theKeyOfAnotherFakeGetsNoToken() throws Exception {
            start();
            try (FakeCloudStorage other = FakeCloudStorage.start()) {
                String key = other.serviceAccountKey()
                        .replace(other.endpoint().toString(), fake.endpoint().toString());
                ServiceAccountCredentials credentials = (ServiceAccountCredentials)
                        ServiceAccountCredentials.fromStream(new ByteArrayInputStream(key.getBytes(UTF_8)))
                                .createScoped(SCOPES + "cloud-platform");
                IOException refused = assertThrows(IOException.class, credentials::refreshAccessToken);
                assertTrue(
                        String.valueOf(refused.getMessage()).contains("Invalid JWT Signature"), refused.getMessage());
            }
            fake.verifyCount("POST", "/token", 1);
        }

        @Test
        void anAssertionInPlaceOfATokenIsVerifiedToo() throws Exception {
            start();
            ServiceAccountCredentials credentials = ServiceAccountCredentials.fromStream(
                            new ByteArrayInputStream(fake.serviceAccountKey().getBytes(UTF_8)))
                    .createWithUseJwtAccessWithScope(true);
            List<String> header = credentials
                    .createScoped(SCOPES + "devstorage.read_write")
                    .getRequestMetadata(URI.create("https://storage.googleapis.com/"))
                    .get("Authorization");
            String assertion = header.get(0).substring("Bearer ".length());

            assertEquals(200, send(api("/storage/v1/b/staging", assertion)).statusCode());
            assertEquals(
                    "401 authError",
                    reason(send(api("/storage/v1/b/staging", assertion.substring(0, assertion.length() - 8)))));
            fake.verifyCount("POST", "/token", 0);
        }

        @Test
        void aGrantOfAnotherKindIsRefused() throws Exception {
            start();
            HttpResponse<String> response = send(api("/token")
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(BodyPublishers.ofString("grant_type=password&username=x")));
            assertEquals(400, response.statusCode());
            assertTrue(response.body().contains("unsupported_grant_type"), response.body());
        }
    }

    @Nested
    class SignedUrls {
        private URI sign(Storage storage, long minutes, SignUrlOption... more) {
            SignUrlOption[] options = Arrays.copyOf(more, more.length + 1);
            options[more.length] = SignUrlOption.withV4Signature();
            return URI.create(storage.signUrl(
                            BlobInfo.newBuilder(BUCKET, "dir/a b.csv").build(), minutes, TimeUnit.MINUTES, options)
                    .toString());
        }

        private URI sign(long minutes) throws Exception {
            Storage storage = client();
            return sign(
                    storage, minutes, SignUrlOption.withHostName(fake.endpoint().toString()));
        }

        @Test
        void aUrlExpiresByTheClock() throws Exception {
            start();
            put("dir/a b.csv", "x");
            URI url = sign(5);
            fake.clock().advance(Duration.ofSeconds(290));
            assertEquals(200, send(HttpRequest.newBuilder(url)).statusCode());
            fake.clock().advance(Duration.ofSeconds(20));
            assertEquals("400 ExpiredToken", code(send(HttpRequest.newBuilder(url))));
        }

        @Test
        void aUrlLivesForSevenDaysAtMost() throws Exception {
            start();
            put("dir/a b.csv", "x");
            URI url = sign(7 * 24 * 60);
            assertEquals(200, send(HttpRequest.newBuilder(url)).statusCode());

            URI longer = URI.create(url.toString().replace("X-Goog-Expires=604800", "X-Goog-Expires=604801"));
            assertNotEquals(url, longer);
            assertEquals("400 AuthorizationQueryParametersError", code(send(HttpRequest.newBuilder(longer))));
        }

        @Test
        void aUrlFromTheFutureOrOfAnotherSignerIsRefused() throws Exception {
            start();
            put("dir/a b.csv", "x");
            URI url = sign(5);
            fake.clock().advance(Duration.ofHours(-1));
            assertEquals("403 AccessDenied", code(send(HttpRequest.newBuilder(url))));

            String other = url.toString().replace("tests%40", "others%40");
            assertNotEquals(url.toString(), other);
            assertEquals("403 AccessDenied", code(send(HttpRequest.newBuilder(URI.create(other)))));
        }

        @Test
        void aHeaderOfGoogleThatIsNotSignedIsRefused() throws Exception {
            start();
            put("dir/a b.csv", "x");
            assertEquals(
                    "400 AuthorizationQueryParametersError",
                    code(send(HttpRequest.newBuilder(sign(5)).header("x-goog-if-generation-match", "1"))));
        }

        @ParameterizedTest
        @ValueSource(strings = {"X-Goog-Algorithm", "X-Goog-Credential", "X-Goog-Date", "X-Goog-SignedHeaders"})
        void everyParameterIsNeeded(String parameter) throws Exception {
            start();
            put("dir/a b.csv", "x");
            URI url = URI.create(sign(5).toString().replaceFirst(parameter + "=[^&]*&", ""));
            assertEquals("400 AuthorizationQueryParametersError", code(send(HttpRequest.newBuilder(url))));
        }

        @Test
        void withTheHostNamesOfGoogleTheBucketIsInThePathOrInTheHost() throws Exception {
            start(FakeCloudStorage.builder().cloudHosts());
            put("dir/a b.csv", "over TLS");
            Storage storage = client();
            try (HttpClient proxied = throughProxy()) {
                for (URI url : List.of(sign(storage, 5), sign(storage, 5, SignUrlOption.withVirtualHostedStyle()))) {
                    HttpResponse<String> response =
                            proxied.send(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofString());
                    assertEquals("over TLS", response.body(), url.toString());
                }
            }
            assertEquals(
                    List.of("staging.storage.googleapis.com", "storage.googleapis.com"),
                    fake.requests().stream()
                            .map(request -> request.headers().get("host").get(0))
                            .sorted()
                            .toList());
        }

        private HttpClient throughProxy() throws Exception {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry(
                    "fake",
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(
                                    fake.certificateAuthority().getBytes(UTF_8))));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            InetSocketAddress proxy =
                    new InetSocketAddress(fake.proxy().getHost(), fake.proxy().getPort());
            return HttpClient.newBuilder()
                    .sslContext(context)
                    .proxy(ProxySelector.of(proxy))
                    .build();
        }
    }

    @Nested
    class ResumableUploads {
        private byte[] upload(int bytes) throws Exception {
            byte[] content = random(bytes);
            Storage storage = client();
            try (WriteChannel writer =
                    storage.writer(BlobInfo.newBuilder(BUCKET, "large").build(), BlobWriteOption.doesNotExist())) {
                writer.setChunkSize(2 * QUANTUM);
                writer.write(ByteBuffer.wrap(content));
            }
            return content;
        }

        @Test
        void aConnectionThatBreaksWithinAChunkIsResumed() throws Exception {
            start();
            fake.onUploadChunk().cutRequestAfter(QUANTUM + 1_000).once();

            assertArrayEquals(upload(5 * QUANTUM + 7), fake.bytes(BUCKET, "large"));
            fake.verifyFaultsConsumed();
            assertTrue(
                    fake.requests("PUT", "/upload/.*").stream()
                            .anyMatch(request -> request.headers()
                                    .getOrDefault("content-range", List.of(""))
                                    .get(0)
                                    .startsWith("bytes " + QUANTUM + "-")),
                    "the client goes on after the bytes that arrived");
        }

        @Test
        void anUploadInOneRequestThatBreaksLeavesNothing() throws Exception {
            start(FakeCloudStorage.builder().anonymous());
            fake.onXml().cutRequestAfter(3).once();
            assertThrows(IOException.class, () -> send(api("/staging/a").PUT(BodyPublishers.ofString("0123456789"))));
            fake.onUpload().cutRequestAfter(3).once();
            assertThrows(
                    IOException.class,
                    () -> send(api("/upload/storage/v1/b/staging/o?uploadType=media&name=a")
                            .POST(BodyPublishers.ofString("0123456789"))));

            fake.verifyFaultsConsumed();
            assertEquals(List.of(), fake.list(BUCKET, ""));
        }

        @Test
        void anAnswerThatIsLostAtTheEndIsAskedFor() throws Exception {
            start();
            fake.on("PUT", "/upload/.*").reset().once();

            assertArrayEquals(upload(QUANTUM / 2), fake.bytes(BUCKET, "large"));
            assertEquals(1, fake.list(BUCKET, "").size());
        }

        @Test
        void aServiceThatIsUnavailableIsAskedAgain() throws Exception {
            start();
            fake.onUploadStart().status(503).once();
            fake.onUploadChunk().status(503).times(2);

            assertArrayEquals(upload(3 * QUANTUM), fake.bytes(BUCKET, "large"));
            fake.verifyFaultsConsumed();
        }

        private String begin() throws Exception {
            HttpResponse<String> begun = send(api("/upload/storage/v1/b/staging/o?uploadType=resumable&name=large")
                    .header("X-Upload-Content-Type", "text/csv")
                    .POST(BodyPublishers.noBody()));
            assertEquals(200, begun.statusCode());
            return begun.headers().firstValue("location").orElseThrow();
        }

        private HttpResponse<String> chunk(String url, String range, int bytes) throws Exception {
            return send(HttpRequest.newBuilder(URI.create(url))
                    .header("Content-Range", range)
                    .PUT(BodyPublishers.ofByteArray(new byte[bytes])));
        }

        private static String state(HttpResponse<String> response) {
            return response.statusCode() + " "
                    + response.headers().firstValue("range").orElse("");
        }

        @Test
        void theStateOfAnUploadCanBeAskedFor() throws Exception {
            start(FakeCloudStorage.builder().anonymous());
            String url = begin();
            assertEquals("308 ", state(chunk(url, "bytes */*", 0)));
            // Only multiples of 256 KiB are kept.
            assertEquals("308 bytes=0-262143", state(chunk(url, "bytes 0-299999/*", 300_000)));
            assertEquals("308 bytes=0-262143", state(chunk(url, "bytes */300000", 0)));
            // An overlap is skipped.
            assertEquals(200, chunk(url, "bytes 200000-299999/300000", 100_000).statusCode());
            assertEquals(200, chunk(url, "bytes */300000", 0).statusCode());
            assertEquals(300_000, fake.list(BUCKET, "large").getFirst().size());
            assertEquals("text/csv", fake.list(BUCKET, "large").getFirst().contentType());
        }

        @Test
        void aGapIsRefused() throws Exception {
            start(FakeCloudStorage.builder().anonymous());
            HttpResponse<String> gap = chunk(begin(), "bytes 262144-262144/262145", 1);
            assertEquals(503, gap.statusCode());
            assertTrue(gap.body().contains("exceeds already uploaded size of 0 byte(s)"), gap.body());
            assertEquals(List.of(), fake.list(BUCKET, ""));
        }

        @Test
        void aCancelledAndAnOldUploadAreGone() throws Exception {
            start(FakeCloudStorage.builder().anonymous());
            String url = begin();
            assertEquals(
                    499, send(HttpRequest.newBuilder(URI.create(url)).DELETE()).statusCode());
            assertEquals(404, chunk(url, "bytes */*", 0).statusCode());

            String old = begin();
            fake.clock().advance(Duration.ofDays(8));
            assertEquals(404, chunk(old, "bytes */*", 0).statusCode());
        }

        @Test
        void aClientMayAskFor200InPlaceOf308() throws Exception {
            start(FakeCloudStorage.builder().anonymous());
            HttpResponse<String> response = send(HttpRequest.newBuilder(URI.create(begin()))
                    .header("Content-Range", "bytes 0-262143/*")
                    .header("X-GUploader-No-308", "yes")
                    .POST(BodyPublishers.ofByteArray(new byte[QUANTUM])));
            assertEquals("200 bytes=0-262143", state(response));
            assertEquals(
                    "308",
                    response.headers().firstValue("x-http-status-code-override").orElse(""));
        }

        @Test
        void theObjectAppearsWithItsLastByteAndItsConditionIsCheckedThen() throws Exception {
            start(FakeCloudStorage.builder().anonymous());
            HttpResponse<String> begun =
                    send(api("/upload/storage/v1/b/staging/o?uploadType=resumable&name=large&ifGenerationMatch=0")
                            .POST(BodyPublishers.noBody()));
            String url = begun.headers().firstValue("location").orElseThrow();
            chunk(url, "bytes 0-262143/*", QUANTUM);
            assertEquals(List.of(), fake.list(BUCKET, ""));
            put("large", "first");
            assertEquals("412 conditionNotMet", reason(chunk(url, "bytes 262144-262144/262145", 1)));
            assertArrayEquals("first".getBytes(UTF_8), fake.bytes(BUCKET, "large"));
        }
    }

    @Nested
    class Limits {
        @Test
        void aNameTakesOneChangeInASecond() throws Exception {
            start(FakeCloudStorage.builder().writeLimit().clock(ManualClock.running()));
            Storage storage = client(1);
            BlobInfo name = BlobInfo.newBuilder(BUCKET, "often").build();
            storage.create(name, "1".getBytes(UTF_8));
            StorageException early =
                    assertThrows(StorageException.class, () -> storage.create(name, "2".getBytes(UTF_8)));
            assertEquals(429, early.getCode());
            assertEquals("rateLimitExceeded", early.getReason());
            storage.create(BlobInfo.newBuilder(BUCKET, "other").build(), "1".getBytes(UTF_8));

            fake.clock().advance(Duration.ofSeconds(1));
            storage.create(name, "2".getBytes(UTF_8));
            assertArrayEquals("2".getBytes(UTF_8), fake.bytes(BUCKET, "often"));
        }

        @Test
        void softDeleteKeepsOverwrittenAndDeletedBytesForSevenDays() {
            start();
            put("a", "12345");
            put("a", "123");
            assertEquals(5, fake.softDeletedBytes(BUCKET));
            fake.clock().advance(Duration.ofDays(1));
            fake.delete(BUCKET, "a");
            assertEquals(8, fake.softDeletedBytes(BUCKET));
            fake.clock().advance(Duration.ofDays(6));
            assertEquals(3, fake.softDeletedBytes(BUCKET));
            fake.clock().advance(Duration.ofDays(1));
            assertEquals(0, fake.softDeletedBytes(BUCKET));
        }

        @Test
        void aBucketWithoutSoftDeleteKeepsNothing() {
            start().bucket("plain", Duration.ZERO);
            fake.put("plain", "a", new byte[5], "text/plain");
            fake.delete("plain", "a");
            assertEquals(0, fake.softDeletedBytes("plain"));
        }

        @Test
        void sourcesThatACompositionDeletesAreNotKept() throws Exception {
            start(FakeCloudStorage.builder().anonymous());
            put("1", "one");
            put("2", "two");
            HttpResponse<String> composed = send(api("/storage/v1/b/staging/o/all/compose")
                    .POST(BodyPublishers.ofString(
                            "{\"sourceObjects\":[{\"name\":\"1\"},{\"name\":\"2\"}],\"deleteSourceObjects\":true}")));

            assertEquals(200, composed.statusCode(), composed.body());
            assertEquals(
                    List.of("all"),
                    fake.list(BUCKET, "").stream().map(FakeObject::name).toList());
            assertEquals(2, fake.list(BUCKET, "all").getFirst().components());
            assertNull(fake.list(BUCKET, "all").getFirst().md5());
            assertEquals(0, fake.softDeletedBytes(BUCKET));
        }
    }

    @Nested
    class Faults {
        @ParameterizedTest
        @ValueSource(ints = {401, 403, 404, 412, 429, 500, 503})
        void theClientSeesTheStatus(int status) throws Exception {
            start();
            put("a", "x");
            fake.onDownload().status(status).always();
            Storage storage = client(1);
            StorageException failure = assertThrows(StorageException.class, () -> storage.readAllBytes(BUCKET, "a"));
            assertEquals(status, failure.getCode());
        }

        @Test
        void theClientRetriesWhatPasses() throws Exception {
            start();
            put("a", "x");
            fake.onToken().status(503).once();
            fake.onList().tooManyRequests("1").once();
            fake.onMetadata().reset().once();
            fake.onDownload().status(503).once();
            fake.onCompose().status(503).once();
            fake.onDelete().status(503).once();
            Storage storage = client();
            assertEquals(1, storage.list(BUCKET).streamAll().count());
            long generation = storage.get(BlobId.of(BUCKET, "a")).getGeneration();
            assertEquals(1, storage.readAllBytes(BUCKET, "a").length);
            storage.compose(ComposeRequest.newBuilder()
                    .setTarget(BlobInfo.newBuilder(BUCKET, "b").build())
                    .addSource("a")
                    .setTargetOptions(Storage.BlobTargetOption.doesNotExist())
                    .build());
            assertTrue(storage.delete(BUCKET, "a", Storage.BlobSourceOption.generationMatch(generation)));
            fake.verifyFaultsConsumed();
        }

        @Test
        void aDownloadThatBreaksOffIsResumed() throws Exception {
            start();
            byte[] bytes = random(3 << 20);
            fake.put(BUCKET, "large", bytes, "text/plain");
            fake.onDownload().cutAfter(1_000_000).once();
            Storage storage = client();
            try (var reader = storage.reader(BUCKET, "large")) {
                assertArrayEquals(bytes, Channels.newInputStream(reader).readAllBytes());
            }
            fake.verifyFaultsConsumed();
        }

        @Test
        void errorsOfTheXmlApiAreXml() throws Exception {
            start(FakeCloudStorage.builder().anonymous());
            fake.onXml().status(503).once();
            fake.onXml().expired().once();
            assertEquals("503 ServiceUnavailable", code(send(api("/staging/a"))));
            assertEquals("400 ExpiredToken", code(send(api("/staging/a"))));
            assertEquals("404 NoSuchKey", code(send(api("/staging/a"))));
            assertEquals("404 NoSuchBucket", code(send(api("/none/a"))));
        }

        @Test
        void aFaultThatDidNotHappenIsReportedWithItsLine() {
            start();
            fake.onCompose().status(503).once();
            AssertionError error = assertThrows(AssertionError.class, fake::verifyFaultsConsumed);
            assertTrue(
                    String.valueOf(error.getMessage()).contains("onCompose().status, scripted at FakeCloudStorageTest"),
                    error.getMessage());
            fake.clearScripts();
            fake.verifyFaultsConsumed();
        }
    }

    @Nested
    class OverHttp {
        private HttpResponse<String> control(String method, String path, String body) throws Exception {
            return send(api("/__agnes" + path).method(method, BodyPublishers.ofString(body)));
        }

        @Test
        void faultsTheClockAndTheJournalAreControlled() throws Exception {
            start(FakeCloudStorage.builder().anonymous().control());
            put("a", "0123456789");
            assertEquals(
                    201,
                    control("POST", "/faults", "{\"on\": \"download\", \"fault\": \"status\", \"code\": 503}")
                            .statusCode());
            String url = "/storage/v1/b/staging/o/a?alt=media";
            assertEquals("503 backendError", reason(send(api(url))));
            assertEquals("0123456789", send(api(url)).body());
            control("POST", "/clock", "{\"advance_seconds\": 3600}");

            assertTrue(control("GET", "", "").body().contains("\"endpoint\":\"" + fake.endpoint() + "\""));
            assertEquals("{\"unconsumed\":[]}", control("GET", "/faults", "").body());
            assertEquals(2, fake.requests().size());
        }

        @Test
        void anUnknownKindOfRequestIsNamed() throws Exception {
            start(FakeCloudStorage.builder().control());
            HttpResponse<String> wrong = control("POST", "/faults", "{\"on\": \"slice\", \"fault\": \"stall\"}");
            assertEquals(400, wrong.statusCode());
            assertTrue(wrong.body().contains("expected one of request, bucket, list"), wrong.body());
            assertEquals(404, control("POST", "/jobs", "{}").statusCode());
        }

        @Test
        void withoutControlTheApiIsNotServed() throws Exception {
            start(FakeCloudStorage.builder().anonymous());
            assertEquals(404, control("GET", "/faults", "").statusCode());
        }
    }

    /** Objects appear whole, and one of many writers with the same condition succeeds. */
    @Test
    void oneOfManyWritersCreatesTheObject() throws Exception {
        start();
        Storage storage = client(1);
        List<Future<Boolean>> writers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20; i++) {
                byte[] mine = Integer.toString(i).repeat(1_000).getBytes(UTF_8);
                writers.add(threads.submit(() -> creates(storage, mine)));
            }
        }
        int created = 0;
        for (Future<Boolean> writer : writers) {
            created += writer.get() ? 1 : 0;
        }
        assertEquals(1, created);
        String whole = new String(fake.bytes(BUCKET, "one"), UTF_8);
        assertEquals(whole.substring(0, whole.length() / 1_000).repeat(1_000), whole);
        assertEquals(0, fake.softDeletedBytes(BUCKET));
    }

    private static boolean creates(Storage storage, byte[] bytes) {
        try {
            storage.create(BlobInfo.newBuilder(BUCKET, "one").build(), bytes, Storage.BlobTargetOption.doesNotExist());
            return true;
        } catch (StorageException e) {
            assertEquals(412, e.getCode());
            return false;
        }
    }

    @Test
    void etagsAndConditionalReadsOfTheXmlApi() throws Exception {
        start(FakeCloudStorage.builder().anonymous());
        put("a", "x");
        String etag = send(api("/staging/a")).headers().firstValue("etag").orElseThrow();

        assertEquals("\"9dd4e461268c8034f5c8564e155c67a6\"", etag);
        assertEquals(304, send(api("/staging/a").header("If-None-Match", etag)).statusCode());
        assertEquals(200, send(api("/staging/a").header("If-Match", etag)).statusCode());
        assertEquals("412 PreconditionFailed", code(send(api("/staging/a").header("If-Match", "\"other\""))));
    }
}
