// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
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
 * <p>Exports run for real: DuckDB filters, sorts and writes the slices, into a directory that goes with
 * {@link #close}. Credentials and signatures are checked; whoever shows a forged or expired one is refused in the words
 * of the cloud. Safe for use by several threads.
 */
public final class FakeKeboola implements AutoCloseable {
    private static final String BUCKET_AND_TABLE = "(in|out|sys)\\.c-[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+";

    private final Builder settings;
    private final Path directory;
    private final HttpServer server;
    private final Hosts hosts;
    private final List<String> names;
    private final @Nullable Tls tls;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore atOnce;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Warehouse warehouse;
    private final Map<String, FakeTable> tables = new ConcurrentSkipListMap<>();
    private final Map<String, Map<String, String>> bucketMetadata = new ConcurrentSkipListMap<>();
    private final Journal journal = new Journal();
    private final Faults faults = new Faults();
    private final Peak slices = new Peak();
    private final ObjectStore store;
    private final Exports exports;
    private final StorageApi api;
    private final Wire wire;
    private final ControlApi control = new ControlApi(this);

    private FakeKeboola(Builder settings) throws IOException {
        this.settings = settings;
        this.server = server(settings);
        this.hosts = new Hosts(address(), settings.stackHost, settings.cloudHosts);
        this.names = hosts.names(settings.dialect);
        this.tls = settings.tls ? tls(server) : null;
        this.directory = Files.createTempDirectory("fake-keboola-");
        this.atOnce = new Semaphore(settings.requestsAtOnce);
        this.warehouse = new Warehouse(directory);
        this.wire = new Wire(closing, settings.bytesPerSecond);
        StoreAccess access = access();
        this.store = new ObjectStore(access);
        Unload unload = new Unload(warehouse, settings.backend, settings.sliceBytes, settings.sliceRows);
        this.exports = new Exports(
                warehouse,
                unload,
                store,
                access,
                settings.backend,
                settings.clock,
                directory.resolve("exports"),
                settings.fileNamePrefix,
                settings.jobLength);
        this.api = new StorageApi(
                hosts,
                settings.token,
                settings.backend,
                settings.dialect,
                settings.clock,
                tables,
                bucketMetadata,
                exports,
                new Preview(warehouse, unload, settings.backend, directory),
                access);
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    /** A fake with default settings. */
    public static FakeKeboola start() {
        return builder().start();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** What a fake has that speaks TLS. */
    private record Tls(CertificateAuthority authority, TunnelProxy proxy) {}

    private static HttpServer server(Builder settings) throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), settings.port);
        return settings.tls ? HttpsServer.create(address, 0) : HttpServer.create(address, 0);
    }

    private Tls tls(HttpServer secured) throws IOException {
        CertificateAuthority authority = CertificateAuthority.create();
        ((HttpsServer) secured).setHttpsConfigurator(new Certified(authority.server(names), names));
        return new Tls(authority, new TunnelProxy(settings.proxyPort, secured.getAddress(), this::isKnown));
    }

    /** Refuses a handshake that asks for a name the certificate does not have. */
    private static final class Certified extends HttpsConfigurator {
        private final String names;

        Certified(SSLContext context, List<String> names) {
            super(context);
            this.names = names.stream().map(Pattern::quote).collect(Collectors.joining("|", "(?i)", ""));
        }

        @Override
        public void configure(HttpsParameters connection) {
            SSLParameters parameters = getSSLContext().getDefaultSSLParameters();
            parameters.setSNIMatchers(List.of(SNIHostName.createSNIMatcher(names)));
            connection.setSSLParameters(parameters);
        }
    }

    private boolean isKnown(String host) {
        return Hosts.isAddress(host) || names.contains(host);
    }

    private URI address() {
        return URI.create((settings.tls ? "https" : "http") + "://127.0.0.1:"
                + server.getAddress().getPort());
    }

    private StoreAccess access() {
        ManualClock clock = settings.clock;
        Duration life = settings.credentialLife();
        return switch (settings.dialect) {
            case GOOGLE -> new GoogleAccess(hosts.google(), clock, life, settings.signedUrlLife);
            case AWS -> new AwsAccess(hosts.aws(), settings.cloudHosts, clock, life, settings.signedUrlLife);
            case AZURE -> new AzureAccess(hosts.azure(), clock, life, settings.signedUrlLife);
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
     * Where the object store is: configure it in place of {@code https://storage.googleapis.com} or, with path-style
     * addresses, of S3. Azure clients find it in the connection string. Without a trailing slash. With
     * {@link Builder#cloudHosts} nothing needs it.
     */
    public URI storageEndpoint() {
        return address();
    }

    /**
     * The certificate, in PEM, of the authority that clients have to trust; each fake makes its own.
     *
     * @throws IllegalStateException without {@link Builder#tls}
     */
    public String certificateAuthority() {
        return requireTls().authority.pem();
    }

    /**
     * Writes {@link #certificateAuthority} to a file, over what it was.
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
     * An HTTP proxy, as for {@code HTTPS_PROXY}, through which all {@link #hostNames} lead here. It refuses other names and
     * connects to no other machine.
     *
     * @throws IllegalStateException without {@link Builder#tls}
     */
    public URI proxy() {
        return URI.create("http://127.0.0.1:" + requireTls().proxy.port());
    }

    private Tls requireTls() {
        if (tls == null) {
            throw new IllegalStateException("This fake speaks plain HTTP: call tls() on its builder");
        }
        return tls;
    }

    /**
     * The names that are in the certificate. Clients that take no proxy find them here if {@code /etc/hosts} says 127.0.0.1
     * for each, and the fake listens on port 443.
     */
    public List<String> hostNames() {
        return List.copyOf(names);
    }

    /** The clock by which credentials and signed URLs expire. */
    public ManualClock clock() {
        return settings.clock;
    }

    /**
     * A table to seed; it exists for clients once it has columns.
     *
     * @param id as in {@code in.c-demo.airports}
     */
    public FakeTable table(String id) {
        if (!id.matches(BUCKET_AND_TABLE)) {
            throw new IllegalArgumentException("Not a table id like in.c-demo.airports: " + id);
        }
        return tables.computeIfAbsent(id, key -> new FakeTable(key, warehouse, settings.clock, settings.backend));
    }

    /** What Keboola was told of a bucket, such as {@code bucketMetadata("in.c-crm", "KBC.description", "All orders")}. */
    public void bucketMetadata(String bucketId, String key, String value) {
        bucketMetadata
                .computeIfAbsent(bucketId, id -> new ConcurrentSkipListMap<>())
                .put(key, value);
    }

    /** Makes a typed table of a sample. */
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
        return journal.all();
    }

    /** Of {@link #requests}, those with this method whose whole path matches. */
    public List<RecordedRequest> requests(String method, String pathRegex) {
        return journal.matching(method, pathRegex);
    }

    /**
     * Waits until so many matching requests have arrived, so that a test need not sleep.
     *
     * @throws AssertionError if they have not within this time
     */
    public void awaitRequests(String method, String pathRegex, int count, Duration atMost) throws InterruptedException {
        if (!journal.await(method, pathRegex, count, atMost)) {
            verifyCount(method, pathRegex, count);
        }
    }

    /** @throws AssertionError unless exactly so many requests came */
    public void verifyCount(String method, String pathRegex, int count) {
        List<RecordedRequest> matching = requests(method, pathRegex);
        if (matching.size() != count) {
            throw new AssertionError("Expected " + count + " of " + method + " " + pathRegex + ", got "
                    + matching.size() + " among " + summary());
        }
    }

    /** The most downloads of slices that were under way at one moment. */
    public int mostSlicesAtOnce() {
        return slices.most();
    }

    /** @throws AssertionError if a request to the object store carried the Storage token anywhere */
    public void verifyTokenNeverSentToStorage() {
        for (RecordedRequest request : requests()) {
            if (!request.path().startsWith(StorageApi.ROOT) && !isService(request) && carriesToken(request)) {
                throw new AssertionError(
                        "The Storage token went to the object store: " + request.method() + " " + request.path());
            }
        }
    }

    private boolean isService(RecordedRequest request) {
        List<String> host = request.headers().getOrDefault("host", List.of(""));
        return hosts.isService(request.path(), Hosts.withoutPort(host.getFirst()));
    }

    private boolean carriesToken(RecordedRequest request) {
        return request.headers().containsKey("x-storageapi-token")
                || request.headers().toString().contains(settings.token)
                || (request.path() + request.query() + request.body()).contains(settings.token);
    }

    private String summary() {
        return requests().stream()
                .map(request -> request.method() + " " + request.path())
                .toList()
                .toString();
    }

    /** The export requests ({@code POST …/export-async}). */
    public FaultPoint onExport() {
        return point(Stage.EXPORT, null);
    }

    /** The polls of jobs. */
    public FaultPoint onJobPoll() {
        return point(Stage.JOB_POLL, null);
    }

    /** The details of files, where credentials come from. */
    public FaultPoint onFileDetail() {
        return point(Stage.FILE_DETAIL, null);
    }

    /** The details of one table. */
    public FaultPoint onTable() {
        return point(Stage.TABLE, null);
    }

    /** The lists of tables, of a bucket or of all. */
    public FaultPoint onTables() {
        return point(Stage.TABLES, null);
    }

    /** The verification of the token. */
    public FaultPoint onTokenVerify() {
        return point(Stage.TOKEN, null);
    }

    /** The manifests of sliced files. */
    public FaultPoint onManifest() {
        return point(Stage.MANIFEST, null);
    }

    /** Any slice. */
    public FaultPoint onSlice() {
        return point(Stage.SLICE, null);
    }

    /** @param position in the manifest, from 0 */
    public FaultPoint onSlice(int position) {
        return point(Stage.SLICE, position);
    }

    /**
     * Requests with this method whose whole path matches, whether the fake serves them or not: also the way to have it answer
     * what it does not know, by {@code on("GET", "/v2/storage/workspaces").answer(200, headers, body).always()}.
     *
     * @param pathRegex of the raw path, without the query
     */
    public FaultPoint on(String method, String pathRegex) {
        return point(new Place.Address(method.toUpperCase(Locale.ROOT), Pattern.compile(pathRegex)));
    }

    private FaultPoint point(Stage stage, @Nullable Integer slice) {
        return point(new Place.Step(stage, slice));
    }

    private FaultPoint point(Place place) {
        Answer expired =
                place.isStore() ? store.expired() : Refusal.invalidToken().answer();
        return new FaultPoint(faults, place, expired);
    }

    /** The next job goes like this. */
    public void nextJob(JobBehaviour behaviour) {
        nextJobs(1, behaviour);
    }

    /** @param count how many of the next jobs, behind those already scripted */
    public void nextJobs(int count, JobBehaviour behaviour) {
        exports.script(behaviour, count, CallSite.current());
    }

    /** @throws AssertionError naming the faults and jobs that were scripted and have not happened */
    public void verifyFaultsConsumed() {
        List<String> waiting = unconsumed();
        if (!waiting.isEmpty()) {
            throw new AssertionError("Scripted and never happened:\n  " + String.join("\n  ", waiting));
        }
    }

    /** Descriptions of the faults and jobs that were scripted and have not happened. */
    List<String> unconsumed() {
        List<String> waiting = new ArrayList<>(faults.unconsumed());
        waiting.addAll(exports.scripted());
        return waiting;
    }

    /** Takes back every fault and job that was scripted and has not happened. */
    public void clearScripts() {
        faults.clear();
        exports.clearScripts();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            atOnce.acquire();
            try {
                serve(exchange);
            } finally {
                atOnce.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(HttpExchange exchange) throws IOException, InterruptedException {
        Request request;
        try {
            request = Request.of(exchange);
        } catch (Refusal refusal) {
            wire.send(exchange, refusal.answer(), Stage.OTHER, null);
            return;
        }
        if (settings.control && ControlApi.takes(request)) {
            wire.send(exchange, control.answer(request), Stage.OTHER, null);
            return;
        }
        StoredObject object = isApi(request) ? null : store.find(request);
        Stage stage = stage(request, object);
        if (stage != Stage.SLICE) {
            serve(exchange, request, stage, null);
            return;
        }
        // Counted before it is recorded: who awaits the record must find the count right.
        slices.enter();
        try {
            serve(exchange, request, stage, object == null ? null : object.slice());
        } finally {
            slices.leave();
        }
    }

    private void serve(HttpExchange exchange, Request request, Stage stage, @Nullable Integer slice)
            throws IOException, InterruptedException {
        journal.add(request.recordedAt(settings.clock.instant()));
        Misbehaviour how = faults.take(request, stage, slice);
        wire.send(exchange, answer(request, how), stage, how);
    }

    private Stage stage(Request request, @Nullable StoredObject object) {
        if (isApi(request)) {
            return api.stage(request);
        }
        if (object == null) {
            return Stage.OTHER;
        }
        return object.slice() == null ? Stage.MANIFEST : Stage.SLICE;
    }

    private Answer answer(Request request, @Nullable Misbehaviour how) {
        return switch (how) {
            case Misbehaviour.Answers other -> {
                if (other.afterDoing()) {
                    answer(request);
                }
                yield other.answer();
            }
            case Misbehaviour.Alters alters -> alters.change().apply(answer(request));
            case Misbehaviour.Mishears mishears -> answer(mishears.change().apply(request));
            case null, default -> answer(request);
        };
    }

    private Answer answer(Request request) {
        try {
            if (tls != null && !isKnown(request.host())) {
                return Answer.text(421, "text/plain", "This fake does not go by the name " + request.host());
            }
            if (hosts.isService(request.path(), request.host())) {
                throw Refusal.notServed(request);
            }
            return isApi(request) ? api.answer(request) : store.answer(request);
        } catch (Refusal refusal) {
            return refusal.answer();
        } catch (RuntimeException e) {
            // Said aloud: a server that only closes the connection would look like a fault of the test's own making.
            return Answer.text(500, "text/plain", "This fake has a bug or cannot read the request: " + e);
        }
    }

    private static boolean isApi(Request request) {
        return request.path().equals(StorageApi.ROOT) || request.path().startsWith(StorageApi.ROOT + "/");
    }

    /**
     * Ends every connection, also those that stall, and deletes all exports. Closing again does nothing.
     *
     * @throws AssertionError if a fault was scripted without saying how often it happens; in strict mode also as
     *     {@link #verifyFaultsConsumed} does
     */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        closing.countDown();
        closeProxy();
        server.stop(0);
        threads.shutdownNow();
        threads.close();
        try {
            warehouse.close();
        } finally {
            Directories.delete(directory);
        }
        if (settings.strict || !faults.unarmed().isEmpty()) {
            verifyFaultsConsumed();
        }
    }

    private void closeProxy() {
        if (tls != null) {
            try {
                tls.proxy.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    static String keyOf(String tableId, String fileName) {
        return "exp-2/578/table-exports/" + tableId.replace('.', '/') + "/" + fileName;
    }

    static Map<String, @Nullable Object> creator() {
        return Json.object("id", "27978", "description", "etl@example.com");
    }

    /** Settings of a fake; each has a default. */
    public static final class Builder {
        private static final Duration GOOGLE_LIFE = Duration.ofHours(1);
        private static final Duration SESSION_LIFE = Duration.ofHours(12);

        private Dialect dialect = Dialect.GOOGLE;
        private Backend backend = Backend.SNOWFLAKE;
        private int port;
        private String token = "578-27978-agnesFakeToken";
        private ManualClock clock = ManualClock.running();
        private JobLength jobLength = new JobLength.Polls(2);
        private boolean tls;
        private boolean cloudHosts;
        private @Nullable String stackHost;
        private int proxyPort;
        private long sliceBytes = Unload.SLICE_BYTES;
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

        public Builder token(String token) {
            this.token = token;
            return this;
        }

        /** The clock for everything that expires; the default runs with the system's. */
        public Builder clock(ManualClock clock) {
            this.clock = clock;
            return this;
        }

        /** How many polls answer that a job is not done yet; default 2. In place of {@link #jobTakes}. */
        public Builder jobPolls(int polls) {
            this.jobLength = new JobLength.Polls(new JobBehaviour.Succeeds(polls).polls());
            return this;
        }

        /** How long a job takes by the {@link #clock}, however often it is asked. In place of {@link #jobPolls}. */
        public Builder jobTakes(Duration time) {
            this.jobLength = new JobLength.Lasts(new JobBehaviour.Takes(time).time());
            return this;
        }

        /**
         * Speaks TLS, with a certificate for 127.0.0.1, {@code localhost} and {@link FakeKeboola#hostNames} by an authority of
         * the fake's own: {@link FakeKeboola#writeCertificateAuthority}. Plain HTTP by default.
         */
        public Builder tls() {
            this.tls = true;
            return this;
        }

        /**
         * Manifests, signed URLs and connection strings name the object store as its cloud does, such as
         * {@code https://kbcfiles.blob.core.windows.net}: what clients need that look for that name and take no port. They
         * reach it through {@link FakeKeboola#proxy}. With {@link #tls}, which this switches on.
         */
        public Builder cloudHosts() {
            this.cloudHosts = true;
            return tls();
        }

        /**
         * The stack's own name, such as {@code connection.example.test}, for clients that insist on one: it stands in the
         * stack's URL without a port, and clients reach it through {@link FakeKeboola#proxy}. A name that begins with
         * {@code connection.} has the other services beside it, such as {@code queue.example.test}. With {@link #tls}, which
         * this switches on.
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

        /** The size a slice aims at, judged by the text size of the table; default 8,000,000. */
        public Builder sliceBytes(long bytes) {
            this.sliceBytes = atLeastOne("sliceBytes", bytes);
            return this;
        }

        /** Most rows in a slice; unlimited by default. */
        public Builder sliceRows(long rows) {
            this.sliceRows = atLeastOne("sliceRows", rows);
            return this;
        }

        /** The rate of each slice download; unlimited by default. */
        public Builder bytesPerSecond(long bytes) {
            this.bytesPerSecond = atLeastOne("bytesPerSecond", bytes);
            return this;
        }

        /** With what the names of files in the object store begin, such as {@code a b+c%20/ü-}; nothing by default. */
        public Builder fileNamePrefix(String prefix) {
            this.fileNamePrefix = prefix;
            return this;
        }

        /** How many requests are worked on at once, further ones wait; default 256. */
        public Builder requestsAtOnce(int requests) {
            this.requestsAtOnce = Math.toIntExact(atLeastOne("requestsAtOnce", requests));
            return this;
        }

        /** How long storage credentials last; default 1 hour on Google, 12 hours elsewhere, as in the real service. */
        public Builder credentialLife(Duration life) {
            this.credentialLife = life;
            return this;
        }

        /** How long the signed URL of a file lasts; default 1 hour. */
        public Builder signedUrlLife(Duration life) {
            this.signedUrlLife = life;
            return this;
        }

        /** Closing fails if a scripted fault or job has not happened. */
        public Builder strict() {
            this.strict = true;
            return this;
        }

        /**
         * Tests in other languages script faults and jobs, move the clock and read the journal over HTTP, below {@code /__agnes/}
         * at {@link FakeKeboola#stackUrl}. Whoever reaches the port may do so.
         */
        public Builder control() {
            this.control = true;
            return this;
        }

        /** @throws UncheckedIOException if the port is taken or there is no room for temporary files */
        public FakeKeboola start() {
            try {
                return new FakeKeboola(this);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
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
