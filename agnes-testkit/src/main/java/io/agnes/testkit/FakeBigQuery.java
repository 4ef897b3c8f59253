// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Google BigQuery, on a free port of 127.0.0.1: the REST API, version 2, as Google's Java client uses it.
 *
 * <pre>{@code
 * try (FakeCloudStorage storage = FakeCloudStorage.start().bucket("staging");
 *         FakeBigQuery bigquery = FakeBigQuery.builder().storage(storage).start()) {
 *     bigquery.dataset("crm").table("orders").columns("id INT64 NOT NULL, status STRING").row(1, "open");
 *     client(bigquery.endpoint(), bigquery.project(), bigquery.serviceAccountKey());
 * }
 * }</pre>
 *
 * <p>Queries and exports run for real: DuckDB runs translated GoogleSQL, and files go to the {@link FakeCloudStorage} of the
 * builder. The fake refuses SQL that it cannot translate. Requests need an access token of the service account, unless the
 * builder says {@link Builder#anonymous}. Safe for use by several threads.
 */
public final class FakeBigQuery implements Fake {
    private static final BigQueryFaults ERRORS = new BigQueryFaults();

    private final Builder settings;
    private final Path directory;
    private final FakeServer server;
    private final ServiceAccountKey account = new ServiceAccountKey();
    private final GoogleTokens tokens;
    private final GoogleWarehouse warehouse;
    private final GoogleCatalog catalog;
    private final Grants grants = new Grants();
    private final GoogleJobs jobs;
    private final BigQueryRoutes api;
    private final ControlApi control = new ControlApi(new BigQueryControl(this));
    private final AtomicBoolean closed = new AtomicBoolean();
    /** Reaches 0 when the fake closes, which ends every {@link Builder#latency}. */
    private final CountDownLatch closing = new CountDownLatch(1);

    private FakeBigQuery(Builder settings) throws IOException {
        this.settings = settings;
        this.server = new FakeServer(settings.server(), settings.clock());
        this.directory = Files.createTempDirectory("fake-bigquery-");
        this.tokens = settings.storage == null
                ? new GoogleTokens(account, tokenUri(), settings.clock(), settings.tokenLife)
                : settings.storage.tokens();
        this.warehouse = new GoogleWarehouse(new Warehouse(directory), settings.clock());
        this.catalog = new GoogleCatalog(warehouse, settings.location);
        this.jobs = new GoogleJobs(warehouse, settings.jobLength);
        ShardWriter writer = new ShardWriter(warehouse.duckDb(), settings.shards, settings.shardBytes);
        GoogleJobRunner runner = new GoogleJobRunner(
                catalog,
                grants,
                warehouse,
                writer,
                settings.storage,
                directory.resolve("exports"),
                settings.singleFileBytes);
        this.api = new BigQueryRoutes(
                settings.anonymous ? null : tokens,
                new MetadataRoutes(catalog, grants, warehouse, jobs, settings.pageRows),
                new JobRoutes(runner, jobs, grants, warehouse, settings.location, settings.pageRows));
        server.start(new Service(), List.of("localhost"), directory);
    }

    /** A fake with default settings, no dataset and no storage. */
    public static FakeBigQuery start() {
        return builder().start();
    }

    /** The settings of a new fake. */
    public static Builder builder() {
        return new Builder();
    }

    /** The REST API, and the token endpoint if there is no storage with one. */
    private final class Service implements FakeService {
        @Override
        public @Nullable Response unrecorded(Request request) {
            return settings.control && ControlApi.takes(request) ? control.answer(request) : null;
        }

        @Override
        public RequestTarget target(Request request) {
            return RequestTarget.of(isToken(request) ? BigQueryRequest.TOKEN : api.kind(request));
        }

        private static boolean isToken(Request request) {
            return request.path().equals(GoogleTokens.PATH);
        }

        /** Google's clients compress the bodies of requests. */
        @Override
        public boolean unzips(Request head) {
            return true;
        }

        @Override
        public Response answer(Request request) {
            if (isToken(request)) {
                return tokens.answer(request);
            }
            pause();
            return api.answer(request);
        }

        private void pause() {
            try {
                closing.await(settings.latency.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The base URL of the API, without a trailing slash: the host of {@code BigQueryOptions} of Google's client. */
    public URI endpoint() {
        return server.address();
    }

    /** The project of {@link #dataset(String)}, which is that of the service account. */
    public String project() {
        return ServiceAccountKey.PROJECT;
    }

    /** The JSON key of the service account, which is that of the storage if there is one. Each fake has another key. */
    public String serviceAccountKey() {
        return settings.storage == null ? account.json(tokenUri()) : settings.storage.serviceAccountKey();
    }

    private URI tokenUri() {
        return URI.create(server.address() + GoogleTokens.PATH);
    }

    /**
     * Issues an access token, which expires by the {@link #clock}.
     *
     * @param scopes for example {@code https://www.googleapis.com/auth/bigquery.readonly}
     */
    public String accessToken(String... scopes) {
        return tokens.token(String.join(" ", scopes));
    }

    /** The clock by which tokens expire, jobs end and tables change. */
    public ManualClock clock() {
        return settings.clock();
    }

    /** The dataset with this id in {@link #project}, new or existing. */
    public FakeDataset dataset(String id) {
        return dataset(project(), id);
    }

    /** The dataset with this id in a project, new or existing. */
    public FakeDataset dataset(String project, String id) {
        return catalog.dataset(project, id);
    }

    /** Creates a table of the dataset {@code demo} from a sample, named like it. */
    public FakeBigQueryTable seed(Samples sample) {
        try {
            Path file = sample.copyTo(directory.resolve(sample.name() + ".csv"));
            FakeBigQueryTable table = dataset("demo")
                    .table(sample.name().toLowerCase(Locale.ROOT))
                    .fromCsv(file);
            Files.delete(file);
            return table;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Denies an IAM permission of the service account everywhere, from now on. Jobs that have not started their work fail.
     *
     * @param permission for example {@code bigquery.tables.getData}; on buckets {@code storage.objects.create}
     */
    public void deny(String permission) {
        grants.deny(permission, "");
    }

    /**
     * Denies an IAM permission on one resource, from now on.
     *
     * @param resource {@code dataset}, {@code dataset.table} or a bucket
     */
    public void deny(String permission, String resource) {
        grants.deny(permission, resource);
    }

    /** Grants a permission again that was denied. */
    public void grant(String permission) {
        grants.grant(permission);
    }

    /** Scripts the behaviour of the next job. The code of {@link JobBehaviour.Fails} is a reason of BigQuery. */
    public void nextJob(JobBehaviour behaviour) {
        nextJobs(1, behaviour);
    }

    /** Scripts the behaviour of the next {@code count} jobs, after those already scripted. */
    public void nextJobs(int count, JobBehaviour behaviour) {
        jobs.script(behaviour, count, CallSite.current());
    }

    /**
     * The JSON body of an error, for {@link FaultPoint#status(int, String)}: {@code
     * bigquery.onJobInsert().status(403, FakeBigQuery.errorBody(403, "quotaExceeded", "Quota exceeded: …"))}.
     */
    public static String errorBody(int status, String reason, String message) {
        return new String(FaultBodies.bytes(GoogleErrors.of(status, reason, message)), StandardCharsets.UTF_8);
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

    /** Requests for the list of datasets. */
    public FaultPoint onDatasets() {
        return point(BigQueryRequest.DATASETS);
    }

    /** Requests for a dataset. */
    public FaultPoint onDataset() {
        return point(BigQueryRequest.DATASET);
    }

    /** Requests for the list of tables of a dataset. */
    public FaultPoint onTables() {
        return point(BigQueryRequest.TABLES);
    }

    /** Requests for the metadata of a table. */
    public FaultPoint onTable() {
        return point(BigQueryRequest.TABLE);
    }

    /** Requests for the rows of a table. */
    public FaultPoint onTableData() {
        return point(BigQueryRequest.TABLE_DATA);
    }

    /** Requests that start a job, except {@link #onQuery}. */
    public FaultPoint onJobInsert() {
        return point(BigQueryRequest.JOB_INSERT);
    }

    /** Polls of jobs. */
    public FaultPoint onJob() {
        return point(BigQueryRequest.JOB);
    }

    /** Requests that cancel a job. */
    public FaultPoint onJobCancel() {
        return point(BigQueryRequest.JOB_CANCEL);
    }

    /** Requests that start a query and return its first page ({@code jobs.query}). */
    public FaultPoint onQuery() {
        return point(BigQueryRequest.QUERY);
    }

    /** Requests for the result of a query. */
    public FaultPoint onQueryResults() {
        return point(BigQueryRequest.QUERY_RESULTS);
    }

    /** Requests for an access token; with a storage, they go to {@link FakeCloudStorage#onToken}. */
    public FaultPoint onToken() {
        return point(BigQueryRequest.TOKEN);
    }

    /**
     * Requests with this method whose whole path matches, including routes that the fake does not serve.
     *
     * @param pathRegex matches the raw path, without the query
     */
    public FaultPoint on(String method, String pathRegex) {
        RequestMatcher matcher = new RequestMatcher.OfPath(method.toUpperCase(Locale.ROOT), Pattern.compile(pathRegex));
        return server.faultPoint(matcher, ERRORS);
    }

    private FaultPoint point(BigQueryRequest kind) {
        return server.faultPoint(new RequestMatcher.OfKind(kind, null), ERRORS);
    }

    /** @throws AssertionError with the scripted faults and jobs that have not happened, if there are any */
    @Override
    public void verifyFaultsConsumed() {
        List<String> waiting = unconsumed();
        if (!waiting.isEmpty()) {
            throw new AssertionError("Scripted and never happened:\n  " + String.join("\n  ", waiting));
        }
    }

    /** Descriptions of the scripted faults and jobs that have not happened. */
    List<String> unconsumed() {
        List<String> waiting = new ArrayList<>(server.faults().unconsumed());
        waiting.addAll(jobs.scripted());
        return waiting;
    }

    /** Removes every scripted fault and job that has not happened. */
    public void clearScripts() {
        server.faults().clear();
        jobs.clearScripts();
    }

    /**
     * Closes every connection, including stalled ones, and deletes all tables. The storage stays open. Closing again does
     * nothing.
     *
     * @throws AssertionError if a scripted fault lacks {@code once()}, {@code times(n)} or {@code always()}; in strict mode
     *     also if a scripted fault or job has not happened
     */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        closing.countDown();
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

    /** The settings of a fake. Each has a default. */
    public static final class Builder {
        private static final long MAX_BODY_BYTES = 16L << 20;

        private int port;
        private @Nullable ManualClock clock;
        private @Nullable FakeCloudStorage storage;
        private boolean anonymous;
        private String location = "US";
        private JobDuration jobLength = new JobDuration.Polls(0);
        private @Nullable Integer shards;
        private long shardBytes = 64L << 20;
        private long singleFileBytes = 1_000_000_000;
        private long pageRows = 100_000;
        private Duration latency = Duration.ZERO;
        private Duration tokenLife = Duration.ofHours(1);
        private int requestsAtOnce = 256;
        private boolean strict;
        private boolean control;

        private Builder() {}

        /** The port to listen on; 0, the default, takes a free one. */
        public Builder port(int port) {
            this.port = port;
            return this;
        }

        /** The clock by which tokens, jobs and tables go; default that of the storage, else {@link ManualClock#running}. */
        public Builder clock(ManualClock clock) {
            this.clock = clock;
            return this;
        }

        /** The destination of exports. Access tokens and the service account are then those of the storage. Default none. */
        public Builder storage(FakeCloudStorage storage) {
            this.storage = storage;
            return this;
        }

        /** Accepts requests without valid access tokens, for clients that have none. */
        public Builder anonymous() {
            this.anonymous = true;
            return this;
        }

        /** The location of new datasets; default {@code US}. */
        public Builder location(String location) {
            this.location = location;
            return this;
        }

        /**
         * The number of polls that answer that a job is not done; default 0. The work of a job starts after them, so a job
         * that is cancelled before has no effect. Replaces {@link #jobTakes}.
         */
        public Builder jobPolls(int polls) {
            this.jobLength = new JobDuration.Polls(new JobBehaviour.Succeeds(polls).polls());
            return this;
        }

        /** The time by the {@link #clock} after which the work of a job starts. Replaces {@link #jobPolls}. */
        public Builder jobTakes(Duration time) {
            this.jobLength = new JobDuration.Elapsed(new JobBehaviour.Takes(time).time());
            return this;
        }

        /** The number of files of each export to a URI with a wildcard; replaces {@link #shardBytes}. */
        public Builder shards(int count) {
            this.shards = Math.toIntExact(atLeastOne("shards", count));
            return this;
        }

        /** The logical size of the rows in one file of an export; default 64 MiB. */
        public Builder shardBytes(long bytes) {
            this.shardBytes = atLeastOne("shardBytes", bytes);
            return this;
        }

        /** The most logical bytes of a table that an extract job writes to a URI without a wildcard; default 1 GB. */
        public Builder singleFileBytes(long bytes) {
            this.singleFileBytes = atLeastOne("singleFileBytes", bytes);
            return this;
        }

        /** The most rows in a page of results or of a table; default 100,000. */
        public Builder pageRows(long rows) {
            this.pageRows = atLeastOne("pageRows", rows);
            return this;
        }

        /** The time in which each request of the API waits before it is handled; default none. */
        public Builder latency(Duration latency) {
            this.latency = latency;
            return this;
        }

        /** The life of an access token without a storage; default 1 hour, as in the real service. */
        public Builder tokenLife(Duration life) {
            this.tokenLife = life;
            return this;
        }

        /** The maximum number of requests handled at the same time; further ones wait. Default 256. */
        public Builder requestsAtOnce(int requests) {
            this.requestsAtOnce = Math.toIntExact(atLeastOne("requestsAtOnce", requests));
            return this;
        }

        /** Makes {@link FakeBigQuery#close} fail if a scripted fault or job has not happened. */
        public Builder strict() {
            this.strict = true;
            return this;
        }

        /**
         * Serves an API below {@code /__agnes/} at {@link FakeBigQuery#endpoint}, with which tests in other languages script
         * faults and jobs, move the clock and read the request journal. Every client that reaches the port may use it.
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
        public FakeBigQuery start() {
            if (clock == null) {
                clock = storage == null ? ManualClock.running() : storage.clock();
            }
            try {
                return new FakeBigQuery(this);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private ManualClock clock() {
            if (clock == null) {
                throw new IllegalStateException("The builder has not been started");
            }
            return clock;
        }

        private ServerSettings server() {
            return new ServerSettings(port, false, 0, requestsAtOnce, MAX_BODY_BYTES);
        }

        private static long atLeastOne(String name, long value) {
            if (value < 1) {
                throw new IllegalArgumentException(name + " must be at least 1, not " + value);
            }
            return value;
        }
    }
}
