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

import com.google.auth.oauth2.ServiceAccountCredentials;
import com.google.cloud.ReadChannel;
import com.google.cloud.WriteChannel;
import com.google.cloud.storage.Blob;
import com.google.cloud.storage.BlobId;
import com.google.cloud.storage.BlobInfo;
import com.google.cloud.storage.CopyWriter;
import com.google.cloud.storage.HttpMethod;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.Storage.BlobListOption;
import com.google.cloud.storage.Storage.BlobSourceOption;
import com.google.cloud.storage.Storage.BlobTargetOption;
import com.google.cloud.storage.Storage.BlobWriteOption;
import com.google.cloud.storage.Storage.ComposeRequest;
import com.google.cloud.storage.Storage.CopyRequest;
import com.google.cloud.storage.Storage.SignUrlOption;
import com.google.cloud.storage.StorageException;
import com.google.cloud.storage.StorageOptions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the official Java client of Cloud Storage needs, against {@link FakeCloudStorage}. With two environment variables the
 * same tests run against a real bucket too: {@code AGNES_TEST_GCS_BUCKET} names it, and {@code AGNES_TEST_GCS_KEY} is the file
 * with the JSON key of a service account that may read the bucket, and write, list and delete its objects. The tests create
 * objects below {@code agnes-contract/} and delete them. Without the variables there are no tests of a real bucket.
 */
@ParameterizedClass
@MethodSource("targets")
class CloudStorageContractTest {
    private static final int QUANTUM = 256 << 10;

    @Parameter
    Target target;

    private final HttpClient http = HttpClient.newHttpClient();
    private final String prefix = "agnes-contract/" + UUID.randomUUID() + "/";

    /** A bucket and its client. */
    record Target(String name, Storage storage, String bucket, List<SignUrlOption> signing, Runnable end)
            implements AutoCloseable {
        static Target fake() throws IOException {
            FakeCloudStorage fake = FakeCloudStorage.start().bucket("contract");
            String host = fake.endpoint().toString();
            return new Target(
                    "fake",
                    client(StorageOptions.newBuilder().setHost(host), fake.serviceAccountKey()),
                    "contract",
                    List.of(SignUrlOption.withV4Signature(), SignUrlOption.withHostName(host)),
                    fake::close);
        }

        static Target real(String bucket, Path key) throws IOException {
            return new Target(
                    "real",
                    client(StorageOptions.newBuilder(), Files.readString(key)),
                    bucket,
                    List.of(SignUrlOption.withV4Signature()),
                    () -> {});
        }

        private static Storage client(StorageOptions.Builder options, String key) throws IOException {
            return options.setProjectId("agnes-testkit")
                    .setCredentials(ServiceAccountCredentials.fromStream(new ByteArrayInputStream(key.getBytes(UTF_8))))
                    .build()
                    .getService();
        }

        @Override
        public void close() {
            try {
                storage.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            end.run();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Target> targets() throws IOException {
        String bucket = System.getenv("AGNES_TEST_GCS_BUCKET");
        String key = System.getenv("AGNES_TEST_GCS_KEY");
        return bucket == null || key == null
                ? Stream.of(Target.fake())
                : Stream.of(Target.fake(), Target.real(bucket, Path.of(key)));
    }

    @AfterEach
    void clean() {
        storage()
                .list(target.bucket, BlobListOption.prefix(prefix))
                .iterateAll()
                .forEach(Blob::delete);
        http.close();
    }

    private Storage storage() {
        return target.storage;
    }

    private BlobInfo named(String name) {
        return BlobInfo.newBuilder(target.bucket, prefix + name)
                .setContentType("text/csv")
                .build();
    }

    private Blob create(String name, String text) {
        return storage().create(named(name), text.getBytes(UTF_8));
    }

    private static byte[] random(int bytes) {
        byte[] random = new byte[bytes];
        new Random(bytes).nextBytes(random);
        return random;
    }

    private static Checksums checksums(byte[] bytes) {
        Checksums.Computation checksums = new Checksums.Computation();
        checksums.update(bytes, bytes.length);
        return checksums.result();
    }

    private static int code(Runnable call) {
        return assertThrows(StorageException.class, call::run).getCode();
    }

    @Test
    void aBucketIsFoundAndAMissingOneIsNull() {
        assertEquals(target.bucket, storage().get(target.bucket).getName());
        assertNull(storage().get("agnes-contract-" + UUID.randomUUID()));
        assertEquals(404, code(() -> storage().list("agnes-contract-" + UUID.randomUUID())));
    }

    @Test
    void aListHasPages() {
        for (int i = 0; i < 5; i++) {
            create("page/" + i, "x");
        }
        var page = storage().list(target.bucket, BlobListOption.prefix(prefix + "page/"), BlobListOption.pageSize(2));
        assertEquals(List.of("page/0", "page/1"), names(page.getValues()));
        assertTrue(page.hasNextPage());
        assertEquals(List.of("page/0", "page/1", "page/2", "page/3", "page/4"), names(page.iterateAll()));
    }

    @Test
    void aListOfADirectoryHasItsObjectsAndDirectories() {
        for (String name : List.of("dir/a", "dir/b/1", "dir/b/2", "dir/c", "other")) {
            create(name, "x");
        }
        var list = storage()
                .list(
                        target.bucket,
                        BlobListOption.prefix(prefix + "dir/"),
                        BlobListOption.currentDirectory(),
                        BlobListOption.pageSize(1));
        List<String> names = new ArrayList<>(names(list.iterateAll()));
        names.sort(null);
        assertEquals(List.of("dir/a", "dir/b/", "dir/c"), names);
    }

    @Test
    void aListMayBeginAndEndAtANameAndMayBeEmpty() {
        for (String name : List.of("a", "b", "c", "d")) {
            create(name, "x");
        }
        var list = storage()
                .list(
                        target.bucket,
                        BlobListOption.prefix(prefix),
                        BlobListOption.startOffset(prefix + "b"),
                        BlobListOption.endOffset(prefix + "d"));
        assertEquals(List.of("b", "c"), names(list.iterateAll()));
        assertEquals(
                List.of(),
                names(storage()
                        .list(target.bucket, BlobListOption.prefix(prefix + "z"))
                        .iterateAll()));
    }

    private List<String> names(Iterable<Blob> blobs) {
        return StreamSupport.stream(blobs.spliterator(), false)
                .map(blob -> blob.getName().substring(prefix.length()))
                .toList();
    }

    @Test
    void anObjectComesBackWithItsTypeAndChecksums() {
        Blob created = create("a.csv", "1,x\n");
        Blob found = storage().get(created.getBlobId());

        Checksums expected = checksums("1,x\n".getBytes(UTF_8));
        assertEquals("text/csv", found.getContentType());
        assertEquals(4, found.getSize());
        assertEquals(expected.md5(), found.getMd5());
        assertEquals(expected.crc32c(), found.getCrc32c());
        assertEquals(1, found.getMetageneration());
        assertEquals(created.getGeneration(), found.getGeneration());
        assertEquals(created.getEtag(), found.getEtag());
        assertArrayEquals("1,x\n".getBytes(UTF_8), storage().readAllBytes(found.getBlobId()));
    }

    @Test
    void aMissingObjectIsNullAndCannotBeRead() {
        assertNull(storage().get(target.bucket, prefix + "none"));
        assertEquals(404, code(() -> storage().readAllBytes(target.bucket, prefix + "none")));
        assertFalse(storage().delete(target.bucket, prefix + "none"));
    }

    @Test
    void aRangeIsRead() throws Exception {
        byte[] bytes = random(3 << 20);
        storage().create(named("large"), bytes);
        try (ReadChannel reader = storage().reader(target.bucket, prefix + "large")) {
            reader.seek(1_000_000);
            reader.limit(1_500_000);
            reader.setChunkSize(QUANTUM);
            assertArrayEquals(Arrays.copyOfRange(bytes, 1_000_000, 1_500_000), readAll(reader));
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        storage().downloadTo(BlobId.of(target.bucket, prefix + "large"), whole);
        assertArrayEquals(bytes, whole.toByteArray());
    }

    @Test
    void aRangeBeyondTheEndIsEmpty() throws Exception {
        create("small", "abc");
        try (ReadChannel reader = storage().reader(target.bucket, prefix + "small")) {
            reader.seek(3);
            assertEquals(0, readAll(reader).length);
        }
    }

    private static byte[] readAll(ReadChannel reader) throws IOException {
        return Channels.newInputStream(reader).readAllBytes();
    }

    @Test
    void anEmptyObjectAndOddNames() {
        for (String name : List.of("empty", "a b+c", "ü/%41?#&=;'()*!~", "日本/😀", "a//b", "/lead")) {
            storage().create(named(name), new byte[0]);
            Blob found = storage().get(target.bucket, prefix + name);
            assertEquals(prefix + name, found.getName());
            assertEquals(0, storage().readAllBytes(found.getBlobId()).length);
        }
    }

    @Test
    void createOnlyRefusesASecondObject() {
        storage().create(named("once"), "1".getBytes(UTF_8), BlobTargetOption.doesNotExist());

        assertEquals(
                412, code(() -> storage().create(named("once"), "2".getBytes(UTF_8), BlobTargetOption.doesNotExist())));
        assertArrayEquals("1".getBytes(UTF_8), storage().readAllBytes(target.bucket, prefix + "once"));
    }

    @Test
    void aWriteNamesTheGenerationThatItReplaces() {
        Blob first = create("versions", "1");
        Blob second = storage()
                .create(
                        named("versions"),
                        "2".getBytes(UTF_8),
                        BlobTargetOption.generationMatch(first.getGeneration()));
        assertNotEquals(first.getGeneration(), second.getGeneration());

        assertEquals(
                412,
                code(() -> storage()
                        .create(
                                named("versions"),
                                "3".getBytes(UTF_8),
                                BlobTargetOption.generationMatch(first.getGeneration()))));
        assertEquals(
                412,
                code(() -> storage()
                        .readAllBytes(
                                second.getBlobId().getBucket(),
                                second.getName(),
                                BlobSourceOption.generationMatch(first.getGeneration()))));
        assertEquals(
                304,
                code(() -> storage()
                        .readAllBytes(
                                target.bucket,
                                second.getName(),
                                BlobSourceOption.generationNotMatch(second.getGeneration()))));
        assertNull(storage().get(first.getBlobId()));
    }

    @Test
    void changedMetadataIsANewMetageneration() {
        Blob created = create("meta", "1");
        Blob changed = created.toBuilder()
                .setMetadata(Map.of("colour", "red", "size", "L"))
                .setContentType("text/plain")
                .build()
                .update(BlobTargetOption.metagenerationMatch(1));

        assertEquals(2, changed.getMetageneration());
        assertEquals(created.getGeneration(), changed.getGeneration());
        assertEquals(Map.of("colour", "red", "size", "L"), changed.getMetadata());
        assertEquals("text/plain", storage().get(created.getBlobId()).getContentType());
        assertEquals(
                412,
                code(() -> changed.toBuilder()
                        .setContentType("text/html")
                        .build()
                        .update(BlobTargetOption.metagenerationMatch(1))));
    }

    @Test
    void compositionsJoinBytesAndChecksums() {
        create("part/1", "one,");
        create("part/2", "two,");
        Blob inner = compose("inner", "part/1", "part/2");
        Blob outer = compose("outer", "inner", "part/1");

        byte[] expected = "one,two,one,".getBytes(UTF_8);
        assertArrayEquals(expected, storage().readAllBytes(outer.getBlobId()));
        assertEquals(checksums(expected).crc32c(), outer.getCrc32c());
        assertNull(outer.getMd5());
        assertEquals(2, inner.getComponentCount());
        assertEquals(3, outer.getComponentCount());
        assertEquals("text/csv", outer.getContentType());
    }

    private Blob compose(String to, String... from) {
        return storage()
                .compose(ComposeRequest.newBuilder()
                        .setTarget(named(to))
                        .addSource(Stream.of(from).map(name -> prefix + name).toList())
                        .build());
    }

    @Test
    void aCompositionTakes32SourcesAndNoMore() {
        create("s", "x");
        String[] sources = new String[33];
        Arrays.fill(sources, "s");

        assertEquals(32, compose("many", Arrays.copyOf(sources, 32)).getSize());
        assertEquals(400, code(() -> compose("more", sources)));
        assertEquals(404, code(() -> compose("gone", "s", "none")));
    }

    @Test
    void aCompositionMayRequireGenerationsOfSourcesAndTarget() {
        Blob source = create("source", "x");
        Blob newer = create("source", "y");
        ComposeRequest stale = ComposeRequest.newBuilder()
                .setTarget(named("target"))
                .addSource(source.getName(), source.getGeneration())
                .build();
        int code = code(() -> storage().compose(stale));
        assertTrue(code == 404 || code == 412, "" + code);

        ComposeRequest once = ComposeRequest.newBuilder()
                .setTarget(named("target"))
                .addSource(newer.getName(), newer.getGeneration())
                .setTargetOptions(BlobTargetOption.doesNotExist())
                .build();
        assertEquals(1, storage().compose(once).getSize());
        assertEquals(412, code(() -> storage().compose(once)));
    }

    @Test
    void aCopyHasTheBytesAndFieldsOfItsSource() {
        byte[] bytes = random((2 << 20) + 5);
        storage().create(named("source"), bytes);
        CopyWriter writer = storage()
                .copy(CopyRequest.newBuilder()
                        .setSource(BlobId.of(target.bucket, prefix + "source"))
                        .setTarget(BlobId.of(target.bucket, prefix + "copy"))
                        .setMegabytesCopiedPerChunk(1L)
                        .build());
        Blob copy = writer.getResult();

        assertTrue(writer.isDone());
        assertEquals("text/csv", copy.getContentType());
        assertArrayEquals(bytes, storage().readAllBytes(copy.getBlobId()));
    }

    @Test
    void aDeletionMayNameItsGeneration() {
        Blob created = create("doomed", "x");
        assertEquals(
                412,
                code(() -> storage()
                        .delete(
                                target.bucket,
                                created.getName(),
                                BlobSourceOption.generationMatch(created.getGeneration() + 1))));
        assertTrue(storage()
                .delete(target.bucket, created.getName(), BlobSourceOption.generationMatch(created.getGeneration())));
        assertNull(storage().get(target.bucket, created.getName()));
    }

    @Test
    void objectsAreDeletedInABatch() {
        Blob one = create("b/1", "x");
        Blob two = create("b/2", "x");

        assertEquals(
                List.of(true, false, true),
                storage()
                        .delete(
                                BlobId.of(target.bucket, one.getName()),
                                BlobId.of(target.bucket, prefix + "b/none"),
                                BlobId.of(target.bucket, two.getName())));
        assertNull(storage().get(target.bucket, two.getName()));
    }

    @Test
    void aLargeObjectIsWrittenInSeveralRequests() throws Exception {
        byte[] bytes = random(5 * QUANTUM + 7);
        try (WriteChannel writer = storage().writer(named("chunks"), BlobWriteOption.doesNotExist())) {
            writer.setChunkSize(2 * QUANTUM);
            writer.write(ByteBuffer.wrap(bytes));
        }
        Blob written = storage().get(target.bucket, prefix + "chunks");
        assertEquals(checksums(bytes).crc32c(), written.getCrc32c());
        assertArrayEquals(bytes, storage().readAllBytes(written.getBlobId()));
        assertEquals("text/csv", written.getContentType());
    }

    @Test
    void aStreamIsWrittenAndItsChecksumVerified() throws Exception {
        byte[] bytes = random(QUANTUM + 1);
        Blob written = storage().createFrom(named("stream"), new ByteArrayInputStream(bytes));
        assertArrayEquals(bytes, storage().readAllBytes(written.getBlobId()));

        BlobInfo wrong = named("wrong").toBuilder().setCrc32c("AAAAAA==").build();
        StorageException refused = assertThrows(
                StorageException.class,
                () -> storage().createFrom(wrong, new ByteArrayInputStream(bytes), BlobWriteOption.crc32cMatch()));
        assertEquals(400, refused.getCode());
        assertNull(storage().get(target.bucket, prefix + "wrong"));
    }

    private URI sign(String name, SignUrlOption... more) {
        SignUrlOption[] options =
                Stream.concat(target.signing.stream(), Stream.of(more)).toArray(SignUrlOption[]::new);
        return URI.create(
                storage().signUrl(named(name), 5, TimeUnit.MINUTES, options).toString());
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.timeout(Duration.ofSeconds(30)).build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static String errorCode(HttpResponse<byte[]> response) {
        String body = new String(response.body(), UTF_8);
        return response.statusCode() + " " + body.replaceAll("(?s).*<Code>(.*)</Code>.*", "$1");
    }

    @Test
    void aSignedUrlReadsTheObjectAndItsRanges() throws Exception {
        create("signed file.csv", "0123456789");
        URI url = sign(
                "signed file.csv",
                SignUrlOption.withQueryParams(Map.of(
                        "response-content-disposition", "attachment; filename=\"a b.csv\"",
                        "response-content-type", "application/x-test")));

        HttpResponse<byte[]> whole = send(HttpRequest.newBuilder(url));
        assertEquals(200, whole.statusCode(), new String(whole.body(), UTF_8));
        assertEquals("0123456789", new String(whole.body(), UTF_8));
        assertEquals(
                "attachment; filename=\"a b.csv\"",
                whole.headers().firstValue("content-disposition").orElse(""));
        assertEquals(
                "application/x-test", whole.headers().firstValue("content-type").orElse(""));
        assertTrue(String.join(",", whole.headers().allValues("x-goog-hash"))
                .contains("crc32c=" + checksums("0123456789".getBytes(UTF_8)).crc32c()));

        HttpResponse<byte[]> part = send(HttpRequest.newBuilder(url).header("Range", "bytes=2-4"));
        assertEquals(206, part.statusCode());
        assertEquals("234", new String(part.body(), UTF_8));
        assertEquals("bytes 2-4/10", part.headers().firstValue("content-range").orElse(""));
        assertEquals(
                "416 InvalidRange", errorCode(send(HttpRequest.newBuilder(url).header("Range", "bytes=10-"))));
    }

    @Test
    void aSignedUrlIsGoodForItsMethodObjectAndParametersOnly() throws Exception {
        create("one", "1");
        create("two", "2");
        URI url = sign("one");
        String text = url.toString();
        String signature = text.replaceAll(".*X-Goog-Signature=", "");
        String flipped = (signature.charAt(0) == '0' ? '1' : '0') + signature.substring(1);

        assertEquals(
                "403 SignatureDoesNotMatch",
                errorCode(send(HttpRequest.newBuilder(URI.create(text.replace(prefix + "one", prefix + "two"))))));
        assertEquals(
                "403 SignatureDoesNotMatch",
                errorCode(send(HttpRequest.newBuilder(URI.create(text.replace(signature, flipped))))));
        assertEquals(
                "403 SignatureDoesNotMatch",
                errorCode(send(HttpRequest.newBuilder(URI.create(text + "&response-content-type=text/html")))));
        assertEquals(
                403,
                send(HttpRequest.newBuilder(url).method("HEAD", HttpRequest.BodyPublishers.noBody()))
                        .statusCode());
        assertEquals("404 NoSuchKey", errorCode(send(HttpRequest.newBuilder(sign("none")))));
    }

    @Test
    void aSignedUrlForHeadHasTheHeadersAlone() throws Exception {
        create("head", "12345");
        HttpResponse<byte[]> response =
                send(HttpRequest.newBuilder(sign("head", SignUrlOption.httpMethod(HttpMethod.HEAD)))
                        .method("HEAD", HttpRequest.BodyPublishers.noBody()));

        assertEquals(200, response.statusCode());
        assertEquals("5", response.headers().firstValue("content-length").orElse(""));
        assertEquals(0, response.body().length);
    }

    @Test
    void aSignedUrlForPutWritesTheObject() throws Exception {
        URI url = sign(
                "put",
                SignUrlOption.httpMethod(HttpMethod.PUT),
                SignUrlOption.withExtHeaders(Map.of("x-goog-if-generation-match", "0")));
        HttpRequest.Builder put = HttpRequest.newBuilder(url)
                .header("x-goog-if-generation-match", "0")
                .header("Content-Type", "text/csv")
                .PUT(HttpRequest.BodyPublishers.ofString("signed"));

        assertEquals(200, send(put).statusCode());
        assertEquals("412 PreconditionFailed", errorCode(send(put)));
        Blob written = storage().get(target.bucket, prefix + "put");
        assertEquals("text/csv", written.getContentType());
        assertArrayEquals("signed".getBytes(UTF_8), storage().readAllBytes(written.getBlobId()));
    }

    @Test
    void aSignedUrlBeginsAResumableUpload() throws Exception {
        URI url = sign(
                "resumable",
                SignUrlOption.httpMethod(HttpMethod.POST),
                SignUrlOption.withExtHeaders(Map.of("x-goog-resumable", "start")));
        byte[] bytes = random(2 * QUANTUM + 3);
        try (WriteChannel writer = storage().writer(url.toURL())) {
            writer.setChunkSize(QUANTUM);
            writer.write(ByteBuffer.wrap(bytes));
        }
        assertArrayEquals(bytes, storage().readAllBytes(target.bucket, prefix + "resumable"));
    }
}
