package io.agnes.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
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
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore atOnce;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Warehouse warehouse;
    private final Map<String, FakeTable> tables = new ConcurrentSkipListMap<>();
    private final Journal journal = new Journal();
    private final Faults faults = new Faults();
    private final Peak slices = new Peak();
    private final ObjectStore store;
    private final Exports exports;
    private final StorageApi api;
    private final Wire wire;

    private FakeKeboola(Builder settings) throws IOException {
        this.settings = settings;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), settings.port), 0);
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
                settings.jobPolls);
        this.api = new StorageApi(
                stackUrl().toString(),
                settings.token,
                settings.backend,
                settings.dialect,
                settings.clock,
                tables,
                exports,
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

    private StoreAccess access() {
        URI endpoint = storageEndpoint();
        ManualClock clock = settings.clock;
        Duration life = settings.credentialLife();
        return switch (settings.dialect) {
            case GOOGLE -> new GoogleAccess(endpoint, clock, life, settings.signedUrlLife);
            case AWS -> new AwsAccess(endpoint, clock, life, settings.signedUrlLife);
            case AZURE -> new AzureAccess(endpoint, clock, life, settings.signedUrlLife);
        };
    }

    /** The base address of the Storage API, without a trailing slash. */
    public URI stackUrl() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** The only token this stack accepts. */
    public String token() {
        return settings.token;
    }

    /**
     * Where the object store is: configure it in place of {@code https://storage.googleapis.com} or, with path-style
     * addresses, of S3. Azure clients find it in the connection string. Without a trailing slash.
     */
    public URI storageEndpoint() {
        return stackUrl();
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
            if (!request.path().startsWith(StorageApi.ROOT) && carriesToken(request)) {
                throw new AssertionError(
                        "The Storage token went to the object store: " + request.method() + " " + request.path());
            }
        }
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

    private FaultPoint point(Stage stage, @Nullable Integer slice) {
        boolean inStore = stage == Stage.MANIFEST || stage == Stage.SLICE;
        Answer expired = inStore ? store.expired() : Refusal.invalidToken().answer();
        return new FaultPoint(faults, stage, slice, expired);
    }

    /** The next job goes like this. */
    public void nextJob(JobBehaviour behaviour) {
        nextJobs(1, behaviour);
    }

    /** @param count how many of the next jobs, behind those already scripted */
    public void nextJobs(int count, JobBehaviour behaviour) {
        exports.script(behaviour, count);
    }

    /** @throws AssertionError naming the faults and jobs that were scripted and have not happened */
    public void verifyFaultsConsumed() {
        if (!faults.unconsumed().isEmpty() || !exports.scripted().isEmpty()) {
            throw new AssertionError("Scripted and never happened: " + faults.unconsumed() + " " + exports.scripted());
        }
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
        Misbehaviour how = faults.take(stage, slice);
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
     * @throws AssertionError in strict mode, as {@link #verifyFaultsConsumed} does
     */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
        threads.close();
        try {
            warehouse.close();
        } finally {
            Directories.delete(directory);
        }
        if (settings.strict) {
            verifyFaultsConsumed();
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
        private int jobPolls = 2;
        private long sliceBytes = Unload.SLICE_BYTES;
        private long sliceRows = Long.MAX_VALUE;
        private long bytesPerSecond;
        private int requestsAtOnce = 256;
        private @Nullable Duration credentialLife;
        private Duration signedUrlLife = Duration.ofHours(1);
        private String fileNamePrefix = "";
        private boolean strict;

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

        /** How many polls answer that a job is not done yet; default 2. */
        public Builder jobPolls(int polls) {
            this.jobPolls = new JobBehaviour.Succeeds(polls).polls();
            return this;
        }

        /** The size a slice aims at, judged by the text size of the table; default 200,000,000. */
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
