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
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A Keboola stack with its object store, on a free port of 127.0.0.1.
 *
 * <pre>{@code
 * try (FakeKeboola keboola = FakeKeboola.start()) {
 *     keboola.seed(Samples.AIRPORTS);
 *     client(keboola.stackUrl(), keboola.token(), keboola.storageEndpoint());
 * }
 * }</pre>
 *
 * <p>Exports run for real: DuckDB filters, sorts and writes the slices to a temporary directory, which {@link #close} deletes.
 * The fake checks credentials and signatures and answers forged or expired ones with the errors of the cloud. Safe for use by
 * several threads.
 */
public final class FakeKeboola implements Fake {
    private static final ServiceErrors API_ERRORS = new ApiErrors();
    private static final Set<RequestKind> STORE_READS = Set.of(KeboolaRequest.MANIFEST, KeboolaRequest.SLICE);
    private static final String BUCKET_AND_TABLE = "(in|out|sys)\\.c-[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+";

    private final Builder settings;
    private final Path directory;
    private final FakeServer server;
    private final HostNames hosts;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Warehouse warehouse;
    private final Map<String, FakeTable> tables = new ConcurrentSkipListMap<>();
    private final Map<String, Map<String, String>> bucketMetadata = new ConcurrentSkipListMap<>();
    private final PeakCounter slices = new PeakCounter();
    private final TableCatalog catalog = new TableCatalog(tables);
    private final ExportStore store;
    private final ExportJobs exports;
    private final StorageRoutes api;
    private final ControlApi control = new ControlApi(new KeboolaControl(this));

    private FakeKeboola(Builder settings) throws IOException {
        this.settings = settings;
        this.server = new FakeServer(settings.server(), settings.clock);
        this.directory = Files.createTempDirectory("fake-keboola-");
        this.hosts = new HostNames(server.address(), settings.stackHost, settings.cloudHosts);
        this.warehouse = new Warehouse(directory);
        StoreProtocol protocol = protocol();
        this.store = new ExportStore(protocol);
        SliceWriter writer = new SliceWriter(warehouse, settings.backend, settings.sliceBytes, settings.sliceRows);
        this.exports = new ExportJobs(
                warehouse,
                writer,
                store,
                protocol,
                settings.backend,
                settings.clock,
                directory.resolve("exports"),
                settings.fileNamePrefix,
                settings.jobLength);
        this.api = new StorageRoutes(
                settings.token,
                new ProjectRoutes(hosts, settings.backend, settings.dialect, settings.clock),
                new TableRoutes(
                        catalog,
                        new StorageJson(hosts.stack(), settings.backend, catalog, bucketMetadata),
                        new DataPreview(warehouse, writer, settings.backend, directory),
                        settings.clock),
                new ExportRoutes(hosts.stack(), settings.backend, settings.clock, catalog, exports, protocol));
        server.start(new Service(), hosts.names(settings.dialect), directory);
    }

    /** A fake with default settings. */
    public static FakeKeboola start() {
        return builder().start();
    }

    /** The settings of a new fake. */
    public static Builder builder() {
        return new Builder();
    }

    private StoreProtocol protocol() {
        ManualClock clock = settings.clock;
        Duration life = settings.credentialLife();
        return switch (settings.dialect) {
            case GOOGLE -> new GoogleProtocol(hosts.google(), clock, life, settings.signedUrlLife);
            case AWS -> new AwsProtocol(hosts.aws(), settings.cloudHosts, clock, life, settings.signedUrlLife);
            case AZURE -> new AzureProtocol(hosts.azure(), clock, life, settings.signedUrlLife);
        };
    }

    /** The base address of the Storage API, without a trailing slash. */
    public URI stackUrl() {
        return URI.create(hosts.stack());
    }

    /** The only token this stack accepts. */
    public String token() {
        return settings.token;
    }

    /**
     * The URL of the object store, without a trailing slash. Clients use it instead of {@code https://storage.googleapis.com}
     * or as the S3 endpoint with path-style addresses. Azure clients find it in the connection string. With
     * {@link Builder#cloudHosts} no client needs it.
     */
    public URI storageEndpoint() {
        return server.address();
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
        try {
            return Files.writeString(file, certificateAuthority());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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

    /**
     * The host names in the certificate. Clients without a proxy reach the fake under these names if {@code /etc/hosts} maps
     * each to 127.0.0.1 and the fake listens on port 443.
     */
    public List<String> hostNames() {
        return hosts.names(settings.dialect);
    }

    /** The clock by which credentials and signed URLs expire. */
    public ManualClock clock() {
        return settings.clock;
    }

    /**
     * The table with this id, new or existing. It exists for clients once it has columns.
     *
     * @param id for example {@code in.c-demo.airports}
     */
    public FakeTable table(String id) {
        if (!id.matches(BUCKET_AND_TABLE)) {
            throw new IllegalArgumentException("Not a table id like in.c-demo.airports: " + id);
        }
        return tables.computeIfAbsent(id, key -> new FakeTable(key, warehouse, settings.clock, settings.backend));
    }

    /** Sets user metadata of a bucket, for example {@code bucketMetadata("in.c-crm", "KBC.description", "All orders")}. */
    public void bucketMetadata(String bucketId, String key, String value) {
        bucketMetadata
                .computeIfAbsent(bucketId, id -> new ConcurrentSkipListMap<>())
                .put(key, value);
    }

    /** Creates a typed table from a sample. */
    public FakeTable seed(Samples sample) {
        try {
            Path file = sample.copyTo(directory.resolve(sample.name() + ".csv"));
            FakeTable table = table(sample.tableId()).typed().fromCsv(file);
            Files.delete(file);
            return table;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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

    /** The maximum number of slice downloads that ran at the same time. */
    public int mostSlicesAtOnce() {
        return slices.most();
    }

    /** @throws AssertionError if a request to the object store contained the Storage token in its URL, headers or body */
    public void verifyTokenNeverSentToStorage() {
        for (RecordedRequest request : requests()) {
            if (!request.path().startsWith(StorageRoutes.ROOT) && !isService(request) && carriesToken(request)) {
                throw new AssertionError(
                        "The Storage token went to the object store: " + request.method() + " " + request.path());
            }
        }
    }

    private boolean isService(RecordedRequest request) {
        List<String> host = request.headers().getOrDefault("host", List.of(""));
        return hosts.isService(request.path(), HostNames.withoutPort(host.getFirst()));
    }

    private boolean carriesToken(RecordedRequest request) {
        return request.headers().containsKey("x-storageapi-token")
                || request.headers().toString().contains(settings.token)
                || (request.path() + request.query() + request.body()).contains(settings.token);
    }

    /** Requests that start an export ({@code POST …/export-async}). */
    public FaultPoint onExport() {
        return point(KeboolaRequest.EXPORT, null);
    }

    /** Polls of jobs. */
    public FaultPoint onJobPoll() {
        return point(KeboolaRequest.JOB_POLL, null);
    }

    /** Requests for the detail of a file, which contains credentials. */
    public FaultPoint onFileDetail() {
        return point(KeboolaRequest.FILE_DETAIL, null);
    }

    /** Requests for the detail of a table. */
    public FaultPoint onTable() {
        return point(KeboolaRequest.TABLE, null);
    }

    /** Requests for the list of all tables or of those of a bucket. */
    public FaultPoint onTables() {
        return point(KeboolaRequest.TABLES, null);
    }

    /** Requests that verify the token. */
    public FaultPoint onTokenVerify() {
        return point(KeboolaRequest.TOKEN, null);
    }

    /** Downloads of manifests. */
    public FaultPoint onManifest() {
        return point(KeboolaRequest.MANIFEST, null);
    }

    /** Downloads of slices. */
    public FaultPoint onSlice() {
        return point(KeboolaRequest.SLICE, null);
    }

    /**
     * Downloads of one slice of each file.
     *
     * @param position the slice's position in the manifest, from 0
     */
    public FaultPoint onSlice(int position) {
        return point(KeboolaRequest.SLICE, position);
    }

    /**
     * Requests with this method whose whole path matches, including routes that the fake does not serve. To add a route:
     * {@code on("GET", "/v2/storage/workspaces").answer(200, headers, body).always()}.
     *
     * @param pathRegex matches the raw path, without the query
     */
    public FaultPoint on(String method, String pathRegex) {
        return point(new RequestMatcher.OfPath(method.toUpperCase(Locale.ROOT), Pattern.compile(pathRegex)));
    }

    private FaultPoint point(KeboolaRequest kind, @Nullable Integer slice) {
        return point(new RequestMatcher.OfKind(kind, slice));
    }

    private FaultPoint point(RequestMatcher matcher) {
        return server.faultPoint(matcher, isStore(matcher) ? store : API_ERRORS);
    }

    private static boolean isStore(RequestMatcher matcher) {
        return switch (matcher) {
            case RequestMatcher.OfKind kind -> STORE_READS.contains(kind.kind());
            case RequestMatcher.OfPath path -> !path.path().pattern().startsWith(StorageRoutes.ROOT);
        };
    }

    /** Scripts the behaviour of the next job. */
    public void nextJob(JobBehaviour behaviour) {
        nextJobs(1, behaviour);
    }

    /** Scripts the behaviour of the next {@code count} jobs, after those already scripted. */
    public void nextJobs(int count, JobBehaviour behaviour) {
        exports.script(behaviour, count, CallSite.current());
    }

    /** @throws AssertionError with the scripted faults and jobs that have not happened, if there are any */
    @Override
    public void verifyFaultsConsumed() {
        Faults.requireNone(unconsumed());
    }

    /** Descriptions of the scripted faults and jobs that have not happened. */
    List<String> unconsumed() {
        List<String> waiting = new ArrayList<>(server.faults().unconsumed());
        waiting.addAll(exports.scripted());
        return waiting;
    }

    /** Removes every scripted fault and job that has not happened. */
    public void clearScripts() {
        server.faults().clear();
        exports.clearScripts();
    }

    /** The stack and its object store behind the server. */
    private final class Service implements FakeService {
        @Override
        public @Nullable Response unrecorded(Request request) {
            return settings.control && ControlApi.takes(request) ? control.answer(request) : null;
        }

        @Override
        public RequestTarget target(Request request) {
            if (isApi(request)) {
                return RequestTarget.of(api.kind(request));
            }
            ExportObject object = store.find(request);
            if (object == null) {
                return RequestTarget.of(KeboolaRequest.OTHER);
            }
            return object.slice() == null
                    ? RequestTarget.of(KeboolaRequest.MANIFEST)
                    : new RequestTarget(KeboolaRequest.SLICE, object.slice(), settings.bytesPerSecond);
        }

        @Override
        public void begins(RequestTarget target) {
            if (target.kind() == KeboolaRequest.SLICE) {
                slices.enter();
            }
        }

        @Override
        public void ends(RequestTarget target) {
            if (target.kind() == KeboolaRequest.SLICE) {
                slices.leave();
            }
        }

        @Override
        public Response answer(Request request) {
            if (hosts.isService(request.path(), request.host())) {
                throw ErrorResponseException.notServed(request);
            }
            return isApi(request) ? api.answer(request) : store.answer(request);
        }
    }

    private static boolean isApi(Request request) {
        return request.path().equals(StorageRoutes.ROOT) || request.path().startsWith(StorageRoutes.ROOT + "/");
    }

    /**
     * Closes every connection, including stalled ones, and deletes all exports. Closing again does nothing.
     *
     * @throws AssertionError if a scripted fault lacks {@code once()}, {@code times(n)} or {@code always()}; in strict mode
     *     also if a scripted fault or job has not happened
     */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        server.close();
        try {
            warehouse.close();
        } finally {
            Directories.delete(directory);
        }
        if (settings.strict || !server.faults().unarmed().isEmpty()) {
            verifyFaultsConsumed();
        }
    }

    static String keyOf(String tableId, String fileName) {
        return "exp-2/578/table-exports/" + tableId.replace('.', '/') + "/" + fileName;
    }

    static Map<String, @Nullable Object> creator() {
        return Json.object("id", "27978", "description", "etl@example.com");
    }

    /** The settings of a fake. Each has a default. */
    public static final class Builder {
        /** The longest body of a request. A longer one is answered with 413. */
        private static final int MAX_BODY_BYTES = 16 << 20;

        private static final Duration GOOGLE_LIFE = Duration.ofHours(1);
        private static final Duration SESSION_LIFE = Duration.ofHours(12);

        private Dialect dialect = Dialect.GOOGLE;
        private Backend backend = Backend.SNOWFLAKE;
        private int port;
        private String token = "578-27978-agnesFakeToken";
        private ManualClock clock = ManualClock.running();
        private JobDuration jobLength = new JobDuration.Polls(2);
        private boolean tls;
        private boolean cloudHosts;
        private @Nullable String stackHost;
        private int proxyPort;
        private long sliceBytes = SliceWriter.SLICE_BYTES;
        private long sliceRows = Long.MAX_VALUE;
        private long bytesPerSecond;
        private int requestsAtOnce = 256;
        private @Nullable Duration credentialLife;
        private Duration signedUrlLife = Duration.ofHours(1);
        private String fileNamePrefix = "";
        private boolean strict;
        private boolean control;

        private Builder() {}

        /** The cloud of the object store; default {@link Dialect#GOOGLE}. */
        public Builder dialect(Dialect dialect) {
            this.dialect = dialect;
            return this;
        }

        /** The database; default {@link Backend#SNOWFLAKE}. */
        public Builder backend(Backend backend) {
            this.backend = backend;
            return this;
        }

        /** The port to listen on; 0, the default, takes a free one. */
        public Builder port(int port) {
            this.port = port;
            return this;
        }

        /** The only Storage token that the fake accepts; default a constant. */
        public Builder token(String token) {
            this.token = token;
            return this;
        }

        /** The clock by which credentials, URLs and jobs expire and end; default {@link ManualClock#running}. */
        public Builder clock(ManualClock clock) {
            this.clock = clock;
            return this;
        }

        /** The number of polls that answer that a job is not done; default 2. Replaces {@link #jobTakes}. */
        public Builder jobPolls(int polls) {
            this.jobLength = new JobDuration.Polls(new JobBehaviour.Succeeds(polls).polls());
            return this;
        }

        /** The time that a job takes by the {@link #clock}, independent of polls. Replaces {@link #jobPolls}. */
        public Builder jobTakes(Duration time) {
            this.jobLength = new JobDuration.Elapsed(new JobBehaviour.Takes(time).time());
            return this;
        }

        /**
         * Serves HTTPS instead of HTTP, with a certificate for 127.0.0.1, {@code localhost} and
         * {@link FakeKeboola#hostNames}. Clients must trust the fake's authority, see
         * {@link FakeKeboola#writeCertificateAuthority}. Default HTTP.
         */
        public Builder tls() {
            this.tls = true;
            return this;
        }

        /**
         * Gives the object store the host names of its cloud in manifests, signed URLs and connection strings, for example
         * {@code https://kbcfiles.blob.core.windows.net}, for clients that require these names and no port. They reach the
         * fake through {@link FakeKeboola#proxy}. Switches {@link #tls} on.
         */
        public Builder cloudHosts() {
            this.cloudHosts = true;
            return tls();
        }

        /**
         * Gives the stack a host name, for example {@code connection.example.test}, for clients that require one. The stack's
         * URL then has this name and no port, and clients reach it through {@link FakeKeboola#proxy}. If the name begins with
         * {@code connection.}, the other services have host names beside it, for example {@code queue.example.test}. Switches
         * {@link #tls} on.
         */
        public Builder stackHost(String name) {
            if (!name.matches("[a-z0-9-]+(\\.[a-z0-9-]+)*")) {
                throw new IllegalArgumentException("stackHost must be a name in lower case, not " + name);
            }
            this.stackHost = name;
            return tls();
        }

        /** The port of {@link FakeKeboola#proxy}; 0, the default, takes a free one. */
        public Builder proxyPort(int port) {
            this.proxyPort = port;
            return this;
        }

        /** The target size of a slice in bytes, estimated from the text size of the table; default 8,000,000. */
        public Builder sliceBytes(long bytes) {
            this.sliceBytes = atLeastOne("sliceBytes", bytes);
            return this;
        }

        /** The maximum number of rows of a slice; default unlimited. */
        public Builder sliceRows(long rows) {
            this.sliceRows = atLeastOne("sliceRows", rows);
            return this;
        }

        /** The rate of each slice download; default unlimited. */
        public Builder bytesPerSecond(long bytes) {
            this.bytesPerSecond = atLeastOne("bytesPerSecond", bytes);
            return this;
        }

        /** The prefix of the names of files in the object store, for example {@code a b+c%20/ü-}; default empty. */
        public Builder fileNamePrefix(String prefix) {
            this.fileNamePrefix = prefix;
            return this;
        }

        /** The maximum number of requests handled at the same time; further ones wait. Default 256. */
        public Builder requestsAtOnce(int requests) {
            this.requestsAtOnce = Math.toIntExact(atLeastOne("requestsAtOnce", requests));
            return this;
        }

        /** The lifetime of storage credentials; default 1 hour on Google, else 12 hours, as in the real service. */
        public Builder credentialLife(Duration life) {
            this.credentialLife = life;
            return this;
        }

        /** The lifetime of the signed URL of a file; default 1 hour. */
        public Builder signedUrlLife(Duration life) {
            this.signedUrlLife = life;
            return this;
        }

        /** Makes {@link FakeKeboola#close} fail if a scripted fault or job has not happened. */
        public Builder strict() {
            this.strict = true;
            return this;
        }

        /**
         * Serves an API below {@code /__agnes/} at {@link FakeKeboola#stackUrl}, with which tests in other languages script
         * faults and jobs, move the clock and read the request server.journal(). Every client that reaches the port may use it.
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
        public FakeKeboola start() {
            try {
                return new FakeKeboola(this);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private ServerSettings server() {
            return new ServerSettings(port, tls, proxyPort, requestsAtOnce, MAX_BODY_BYTES);
        }

        private Duration credentialLife() {
            if (credentialLife != null) {
                return credentialLife;
            }
            return dialect == Dialect.GOOGLE ? GOOGLE_LIFE : SESSION_LIFE;
        }

        private static long atLeastOne(String name, long value) {
            if (value < 1) {
                throw new IllegalArgumentException(name + " must be at least 1, not " + value);
            }
            return value;
        }
    }
}
