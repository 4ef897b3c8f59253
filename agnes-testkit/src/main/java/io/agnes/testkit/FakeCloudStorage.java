// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Google Cloud Storage, on a free port of 127.0.0.1: the JSON API as Google's Java client uses it, and the XML API with V4
 * signed URLs.
 *
 * <pre>{@code
 * try (FakeCloudStorage storage = FakeCloudStorage.start().bucket("staging")) {
 *     storage.put("staging", "a.csv", "1\n".getBytes(UTF_8), "text/csv");
 *     client(storage.endpoint(), storage.serviceAccountKey());
 * }
 * }</pre>
 *
 * <p>Requests need an access token of the service account, or a URL that its key signed; {@link Builder#anonymous} allows
 * requests without credentials. Objects are files in a temporary directory, which {@link #close} deletes. Safe for use by
 * several threads.
 */
public final class FakeCloudStorage implements Fake {
    /** Requests with the bytes of objects. */
    private static final Set<RequestKind> UPLOADS =
            Set.of(StorageRequest.UPLOAD, StorageRequest.UPLOAD_CHUNK, StorageRequest.XML);

    private static final int RECORDED_BYTES = 1 << 10;

    private final Builder settings;
    private final Path directory;
    private final FakeServer server;
    private final URI endpoint;
    private final URI tokenUri;
    private final ServiceAccountKey account = new ServiceAccountKey();
    private final GoogleTokens tokens;
    private final CloudObjects objects;
    private final CloudJsonApi json;
    private final CloudXmlApi xml;
    private final ControlApi control = new ControlApi(new StorageControl(this));
    private final AtomicBoolean closed = new AtomicBoolean();

    private FakeCloudStorage(Builder settings) throws IOException {
        this.settings = settings;
        this.server = new FakeServer(settings.server(), settings.clock);
        this.directory = Files.createTempDirectory("fake-storage-");
        this.endpoint = settings.cloudHosts ? URI.create("https://storage.googleapis.com") : server.address();
        this.tokenUri = settings.cloudHosts
                ? URI.create("https://oauth2.googleapis.com" + GoogleTokens.PATH)
                : URI.create(server.address() + GoogleTokens.PATH);
        this.tokens = new GoogleTokens(account, tokenUri, settings.clock, settings.tokenLife);
        ObjectFiles files = new ObjectFiles(directory.resolve("objects"));
        this.objects = new CloudObjects(settings.clock, files, new WriteLimit(settings.writeLimit));
        CloudJson resources = new CloudJson(endpoint);
        CloudAccess access = new CloudAccess(tokens, settings.anonymous);
        ResumableUploads resumable = new ResumableUploads(endpoint, objects, files, resources, settings.clock);
        this.json = new CloudJsonApi(
                access,
                resumable,
                new BucketRoutes(objects, resources, settings.clock),
                new ObjectRoutes(objects, resources),
                new UploadRoutes(objects, resumable, resources),
                new CopyRoutes(objects, resources));
        this.xml = new CloudXmlApi(objects, access, new SignedUrlV4(account, settings.clock), resumable);
        server.start(new Service(), hostNames(), directory);
    }

    /** A fake with default settings and no bucket. */
    public static FakeCloudStorage start() {
        return builder().start();
    }

    /** The settings of a new fake. */
    public static Builder builder() {
        return new Builder();
    }

    /** The two APIs and the token endpoint behind the server. */
    private final class Service implements FakeService {
        @Override
        public @Nullable Response unrecorded(Request request) {
            return settings.control && ControlApi.takes(request) ? control.answer(request) : null;
        }

        @Override
        public RequestTarget target(Request request) {
            return new RequestTarget(kind(request), null, settings.bytesPerSecond);
        }

        private RequestKind kind(Request request) {
            if (request.path().equals(GoogleTokens.PATH)) {
                return StorageRequest.TOKEN;
            }
            if (CloudJsonApi.takes(request)) {
                return json.kind(request);
            }
            return ResumableUploads.takes(request) ? StorageRequest.UPLOAD_CHUNK : StorageRequest.XML;
        }

        /** The journal of a long-running fake would not fit into memory with the bytes of all objects. */
        @Override
        public int recordedBytes(RequestTarget target) {
            return UPLOADS.contains(target.kind()) ? RECORDED_BYTES : FakeService.super.recordedBytes(target);
        }

        @Override
        public boolean takesIncomplete(RequestTarget target) {
            return target.kind() == StorageRequest.UPLOAD_CHUNK;
        }

        /** In the XML API, Content-Encoding belongs to the object. */
        @Override
        public boolean unzips(Request head) {
            return CloudJsonApi.takes(head);
        }

        @Override
        public Response answer(Request request) {
            if (request.path().equals(GoogleTokens.PATH)) {
                return tokens.answer(request);
            }
            return CloudJsonApi.takes(request) ? json.answer(request) : xml.answer(request);
        }
    }

    /**
     * The base URL of both APIs, without a trailing slash: the host of {@code StorageOptions} of Google's client, and the host
     * for its signed URLs.
     */
    public URI endpoint() {
        return endpoint;
    }

    /** The JSON key of the service account. Its {@code token_uri} is this fake. Each fake has another key. */
    public String serviceAccountKey() {
        return account.json(tokenUri);
    }

    /**
     * Writes {@link #serviceAccountKey} to a file and overwrites an existing one.
     *
     * @return the file
     */
    public Path writeServiceAccountKey(Path file) {
        return write(file, serviceAccountKey());
    }

    private static Path write(Path file, String text) {
        try {
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Issues an access token, which expires by the {@link #clock}.
     *
     * @param scopes for example {@code https://www.googleapis.com/auth/devstorage.read_only}
     */
    public String accessToken(String... scopes) {
        return tokens.token(String.join(" ", scopes));
    }

    /**
     * The certificate, in PEM, of the authority that clients must trust. Each fake has its own authority.
     *
     * @throws IllegalStateException without {@link Builder#tls}
     */
    public String certificateAuthority() {
        return server.certificateAuthority();
    }

    /**
     * Writes {@link #certificateAuthority} to a file and overwrites an existing one.
     *
     * @return the file
     */
    public Path writeCertificateAuthority(Path file) {
        return write(file, certificateAuthority());
    }

    /**
     * The URL of an HTTP proxy, for example for {@code HTTPS_PROXY}, that connects all {@link #hostNames} to this fake. It
     * refuses other names and connects to no other machine.
     *
     * @throws IllegalStateException without {@link Builder#tls}
     */
    public URI proxy() {
        return server.proxy();
    }

    /** The host names in the certificate; {@code *} is any one label. */
    public List<String> hostNames() {
        List<String> names = new ArrayList<>(List.of("localhost", "*.localhost"));
        if (settings.cloudHosts) {
            names.addAll(List.of(
                    "storage.googleapis.com",
                    "*.storage.googleapis.com",
                    "www.googleapis.com",
                    "oauth2.googleapis.com"));
        }
        return names;
    }

    /** The access tokens that this fake accepts; {@link FakeBigQuery} accepts them too. */
    GoogleTokens tokens() {
        return tokens;
    }

    /** The clock by which tokens, signed URLs, soft delete and the limit of writes go. */
    public ManualClock clock() {
        return settings.clock;
    }

    /**
     * Creates a bucket with soft delete for 7 days, as the real service does.
     *
     * @return this fake
     * @throws IllegalArgumentException if it exists
     */
    public FakeCloudStorage bucket(String name) {
        return bucket(name, CloudBucket.SOFT_DELETE);
    }

    /**
     * Creates a bucket.
     *
     * @param softDelete how long deleted and overwritten objects are kept and billed; 0 switches soft delete off
     * @return this fake
     * @throws IllegalArgumentException if it exists
     */
    public FakeCloudStorage bucket(String name, Duration softDelete) {
        return valid(() -> {
            objects.create(new CloudBucket(name, BucketRoutes.LOCATION, softDelete, settings.clock.instant()));
            return this;
        });
    }

    /**
     * Writes an object from memory and replaces one of the same name.
     *
     * @throws IllegalArgumentException if there is no such bucket, or if {@link Builder#writeLimit} forbids it
     */
    public FakeObject put(String bucket, String name, byte[] bytes, String contentType) {
        return put(bucket, name, new Content.Bytes(bytes.clone()), contentType);
    }

    /**
     * Writes an object with a copy of a file and replaces one of the same name.
     *
     * @throws IllegalArgumentException if there is no such bucket, or if {@link Builder#writeLimit} forbids it
     */
    public FakeObject put(String bucket, String name, Path file, String contentType) {
        try {
            return put(bucket, name, new Content.FileRange(file, 0, Files.size(file)), contentType);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private FakeObject put(String bucket, String name, Content content, String contentType) {
        Map<String, @Nullable Object> fields = Json.object("contentType", contentType);
        CloudObjects.Draft draft = CloudObjects.Draft.of(new ObjectName(bucket, name), content, fields);
        return valid(() -> FakeObject.of(objects.write(draft, Preconditions.NONE)));
    }

    /**
     * The objects of a bucket whose names start with the prefix, in the order of the UTF-8 bytes of their names.
     *
     * @throws IllegalArgumentException if there is no such bucket
     */
    public List<FakeObject> list(String bucket, String prefix) {
        return valid(
                () -> objects.list(bucket, prefix).stream().map(FakeObject::of).toList());
    }

    /**
     * The bytes of an object, read into memory.
     *
     * @throws IllegalArgumentException if there is no such object
     */
    public byte[] bytes(String bucket, String name) {
        return valid(() -> objects.get(new ObjectName(bucket, name), null)
                .content()
                .bytes()
                .clone());
    }

    /**
     * Deletes an object.
     *
     * @return false if there is none
     * @throws IllegalArgumentException if there is no such bucket
     */
    public boolean delete(String bucket, String name) {
        if (list(bucket, name).stream().noneMatch(object -> object.name().equals(name))) {
            return false;
        }
        return valid(() -> {
            objects.delete(new ObjectName(bucket, name), null, Preconditions.NONE, true);
            return true;
        });
    }

    /** The bytes of deleted and overwritten objects of a bucket that soft delete keeps at this time. */
    public long softDeletedBytes(String bucket) {
        return valid(() -> objects.keptBytes(bucket));
    }

    private static <T> T valid(Supplier<T> call) {
        try {
            return call.get();
        } catch (CloudRefusal refusal) {
            throw new IllegalArgumentException(refusal.getMessage(), refusal);
        }
    }

    /** The newest 10,000 requests, oldest first. */
    public List<RecordedRequest> requests() {
        return server.journal().all();
    }

    /** The requests of {@link #requests()} with this method whose whole path matches. */
    public List<RecordedRequest> requests(String method, String pathRegex) {
        return server.journal().matching(method, pathRegex);
    }

    /**
     * Waits until at least {@code count} matching requests have arrived.
     *
     * @throws AssertionError if fewer arrive in time
     */
    public void awaitRequests(String method, String pathRegex, int count, Duration atMost) throws InterruptedException {
        server.journal().requireInTime(method, pathRegex, count, atMost);
    }

    /** @throws AssertionError unless exactly {@code count} matching requests arrived */
    public void verifyCount(String method, String pathRegex, int count) {
        server.journal().requireCount(method, pathRegex, count);
    }

    /** Requests for a bucket, for the list of buckets, and those that create or delete a bucket. */
    public FaultPoint onBucket() {
        return point(StorageRequest.BUCKET);
    }

    /** Requests that list objects. */
    public FaultPoint onList() {
        return point(StorageRequest.LIST);
    }

    /** Requests that read or change the resource of an object, without its bytes. */
    public FaultPoint onMetadata() {
        return point(StorageRequest.METADATA);
    }

    /** Requests of the JSON API for the bytes of an object. */
    public FaultPoint onDownload() {
        return point(StorageRequest.DOWNLOAD);
    }

    /** Requests of the JSON API that create an object in one request. */
    public FaultPoint onUpload() {
        return point(StorageRequest.UPLOAD);
    }

    /** Requests of the JSON API that begin a resumable upload. */
    public FaultPoint onUploadStart() {
        return point(StorageRequest.UPLOAD_START);
    }

    /** Requests to the URL of a resumable upload: those with bytes, those that ask for its state, and those that cancel it. */
    public FaultPoint onUploadChunk() {
        return point(StorageRequest.UPLOAD_CHUNK);
    }

    /** Requests that compose objects. */
    public FaultPoint onCompose() {
        return point(StorageRequest.COMPOSE);
    }

    /** Requests that copy an object. */
    public FaultPoint onRewrite() {
        return point(StorageRequest.REWRITE);
    }

    /** Requests that delete an object. */
    public FaultPoint onDelete() {
        return point(StorageRequest.DELETE);
    }

    /** Batches of requests. */
    public FaultPoint onBatch() {
        return point(StorageRequest.BATCH);
    }

    /** Requests for an access token. */
    public FaultPoint onToken() {
        return point(StorageRequest.TOKEN);
    }

    /** Requests of the XML API, among them those to signed URLs. */
    public FaultPoint onXml() {
        return point(StorageRequest.XML);
    }

    /**
     * Requests with this method whose whole path matches, including routes that the fake does not serve.
     *
     * @param pathRegex matches the raw path, without the query
     */
    public FaultPoint on(String method, String pathRegex) {
        return server.faultPoint(
                new RequestMatcher.OfPath(method.toUpperCase(Locale.ROOT), Pattern.compile(pathRegex)),
                new GoogleErrors());
    }

    private FaultPoint point(StorageRequest kind) {
        return server.faultPoint(
                new RequestMatcher.OfKind(kind, null), kind == StorageRequest.XML ? xml : new GoogleErrors());
    }

    /** @throws AssertionError with the scripted faults that have not happened, if there are any */
    @Override
    public void verifyFaultsConsumed() {
        server.verifyFaultsConsumed();
    }

    /** Descriptions of the scripted faults that have not happened. */
    List<String> unconsumed() {
        return server.faults().unconsumed();
    }

    /** Removes every scripted fault that has not happened. */
    public void clearScripts() {
        server.faults().clear();
    }

    /**
     * Closes every connection, including stalled ones, and deletes all objects. Closing again does nothing.
     *
     * @throws AssertionError if a scripted fault lacks {@code once()}, {@code times(n)} or {@code always()}; in strict mode
     *     also if a scripted fault has not happened
     */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        try {
            server.close();
        } finally {
            Directories.delete(directory);
        }
        if (settings.strict || !server.faults().unarmed().isEmpty()) {
            verifyFaultsConsumed();
        }
    }

    /** The settings of a fake. Each has a default. */
    public static final class Builder {
        /** The longest body of a request. A longer one is answered with 413. */
        private static final long MAX_BODY_BYTES = 5L << 30;

        private int port;
        private ManualClock clock = ManualClock.running();
        private boolean anonymous;
        private boolean tls;
        private boolean cloudHosts;
        private int proxyPort;
        private boolean writeLimit;
        private Duration tokenLife = Duration.ofHours(1);
        private long bytesPerSecond;
        private int requestsAtOnce = 256;
        private boolean strict;
        private boolean control;

        private Builder() {}

        /** The port to listen on; 0, the default, takes a free one. */
        public Builder port(int port) {
            this.port = port;
            return this;
        }

        /** The clock by which tokens, signed URLs, soft delete and the limit of writes go; default {@link ManualClock#running}. */
        public Builder clock(ManualClock clock) {
            this.clock = clock;
            return this;
        }

        /** Accepts requests without credentials, for clients that have none. Wrong or expired ones are still refused. */
        public Builder anonymous() {
            this.anonymous = true;
            return this;
        }

        /**
         * Serves HTTPS instead of HTTP, with a certificate for 127.0.0.1 and {@link FakeCloudStorage#hostNames}. Clients must
         * trust the fake's authority, see {@link FakeCloudStorage#writeCertificateAuthority}. Default HTTP.
         */
        public Builder tls() {
            this.tls = true;
            return this;
        }

        /**
         * Gives the fake the host names of the real service, {@code storage.googleapis.com} and the buckets below it, for
         * clients that require them. They reach the fake through {@link FakeCloudStorage#proxy}. Switches {@link #tls} on.
         */
        public Builder cloudHosts() {
            this.cloudHosts = true;
            return tls();
        }

        /** The port of {@link FakeCloudStorage#proxy}; 0, the default, takes a free one. */
        public Builder proxyPort(int port) {
            this.proxyPort = port;
            return this;
        }

        /** Answers 429 to a change of an object less than a second after another one of the same name. Default off. */
        public Builder writeLimit() {
            this.writeLimit = true;
            return this;
        }

        /** The life of an access token; default 1 hour, as in the real service. */
        public Builder tokenLife(Duration life) {
            this.tokenLife = life;
            return this;
        }

        /** The rate of each response; default unlimited. */
        public Builder bytesPerSecond(long bytes) {
            this.bytesPerSecond = atLeastOne("bytesPerSecond", bytes);
            return this;
        }

        /** The maximum number of requests handled at the same time; further ones wait. Default 256. */
        public Builder requestsAtOnce(int requests) {
            this.requestsAtOnce = Math.toIntExact(atLeastOne("requestsAtOnce", requests));
            return this;
        }

        /** Makes {@link FakeCloudStorage#close} fail if a scripted fault has not happened. */
        public Builder strict() {
            this.strict = true;
            return this;
        }

        /**
         * Serves an API below {@code /__agnes/} at {@link FakeCloudStorage#endpoint}, with which tests in other languages
         * script faults, move the clock and read the request journal. Every client that reaches the port may use it.
         */
        public Builder control() {
            this.control = true;
            return this;
        }

        /**
         * Starts the fake.
         *
         * @throws UncheckedIOException if the port is taken or temporary files cannot be written
         */
        public FakeCloudStorage start() {
            try {
                return new FakeCloudStorage(this);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private ServerSettings server() {
            return new ServerSettings(port, tls, proxyPort, requestsAtOnce, MAX_BODY_BYTES);
        }

        private static long atLeastOne(String name, long value) {
            if (value < 1) {
                throw new IllegalArgumentException(name + " must be at least 1, not " + value);
            }
            return value;
        }
    }
}
