// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery;

import io.agnes.core.Problems;
import io.agnes.core.Secret;
import io.agnes.core.settings.Setting;
import io.agnes.core.settings.SettingType;
import io.agnes.core.settings.SettingValues;
import io.agnes.core.settings.SettingsSection;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Settings of the access to BigQuery and Cloud Storage. The constants describe them.
 *
 * @param project runs the jobs, and holds the tables that are named without a project
 * @param location of the jobs, such as {@code EU}; empty to leave it to BigQuery, which takes that of the data
 * @param readCredentials look up and list tables
 * @param writeCredentials run jobs, and write and delete objects
 * @param stagingBucket gets the shards of exports, without {@code gs://}; without it, small tables are read in pages
 * @param stagingPrefix names of all objects begin with it and a slash
 * @param metadataRefreshConcurrency calls at the same time, over all refreshes
 * @param metadataRefreshInterval time between two refreshes by a scheduler; zero for none
 * @param maxBytesPerMaterialize the most bytes that a query may scan
 * @param pagedLimitBytes the largest table that is read in pages
 * @param jobTimeout from the start of a job to its end
 * @param pollInterval before the second poll of a job; later ones grow
 * @param connectTimeout for one connection
 * @param readTimeout longest wait for a byte of an answer
 * @param shardIdleTimeout longest wait for a byte of a shard; its download then resumes from where it stopped
 * @param retryBudget total time of all pauses between the attempts of one call
 * @param shardsAtOnce downloads at the same time, over all exports
 * @param memoryLimitBytes memory of DuckDB for one rewrite; the rest goes to disk beside the draft
 * @param endpoint replaces BigQuery's address
 * @param storageEndpoint replaces the address of Cloud Storage
 * @param privateTargets whether both may be on this machine, over plain HTTP; for emulators
 */
public record BigQueryConfig(
        String project,
        Optional<String> location,
        BigQueryReadCredentials readCredentials,
        BigQueryWriteCredentials writeCredentials,
        Optional<String> stagingBucket,
        String stagingPrefix,
        int metadataRefreshConcurrency,
        Duration metadataRefreshInterval,
        long maxBytesPerMaterialize,
        long pagedLimitBytes,
        Duration jobTimeout,
        Duration pollInterval,
        Duration connectTimeout,
        Duration readTimeout,
        Duration shardIdleTimeout,
        Duration retryBudget,
        int shardsAtOnce,
        long memoryLimitBytes,
        Optional<URI> endpoint,
        Optional<URI> storageEndpoint,
        boolean privateTargets) {
    /** Google's grammar, with the domain of older projects. */
    public static final Setting<String> PROJECT = Setting.required(
            "project",
            new SettingType.Name(BigQueryTable.PROJECT, "the id of a Google Cloud project, as my-project"),
            "Google Cloud project that runs the jobs, and holds the tables that are registered without a project");

    /** Default none: BigQuery takes the location of the data. */
    public static final Setting<Optional<String>> LOCATION = Setting.optional(
            "location",
            new SettingType.Name(Pattern.compile("[A-Za-z][A-Za-z0-9-]{1,62}"), "a location of BigQuery, as EU"),
            "location of the jobs, as EU or us-central1; without it, that of the data");

    /** Default: the application default credentials, or none if the endpoint is on this machine. */
    public static final Setting<Optional<Secret>> READ_CREDENTIALS = Setting.optional(
            "read-credentials",
            new SettingType.SecretText(1),
            "credentials that look up and list tables: JSON text, or the path of a file with it; without it, the application"
                    + " default credentials");

    /** Default: the application default credentials, or none if the endpoint is on this machine. */
    public static final Setting<Optional<Secret>> WRITE_CREDENTIALS = Setting.optional(
            "write-credentials",
            new SettingType.SecretText(1),
            "credentials that run jobs and write to the staging bucket: JSON text, or the path of a file with it; without it,"
                    + " the application default credentials");

    /** Default none: small tables are read in pages. */
    public static final Setting<Optional<String>> STAGING_BUCKET = Setting.optional(
            "staging-bucket",
            new SettingType.Name(
                    Pattern.compile("[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]"), "the name of a bucket, without gs://"),
            "bucket for the shards of exports, without gs://; without it, only small tables can be materialized");

    /** Default {@code agnes}: tells whose objects they are, in a bucket with others. */
    public static final Setting<String> STAGING_PREFIX = Setting.of(
            "staging-prefix",
            new SettingType.Name(
                    Pattern.compile("[A-Za-z0-9_](?:[A-Za-z0-9._/-]{0,198}[A-Za-z0-9._-])?"),
                    "1 to 200 of A-Z a-z 0-9 . _ / -, a letter, digit or _ first and no slash last"),
            "agnes",
            "folder of the bucket that holds all staged objects");

    /** Default 4: far below the 100 requests per second that BigQuery allows one user of its API. */
    public static final Setting<Integer> METADATA_REFRESH_CONCURRENCY = Setting.of(
                    "metadata-refresh-concurrency",
                    new SettingType.WholeNumber(1, 64),
                    4,
                    "tables whose metadata are looked up at the same time")
            .withEnvironment("AGNES_BQ_METADATA_REFRESH_CONCURRENCY");

    /** Default 4 h: metadata of most tables change once a day. */
    public static final Setting<Duration> METADATA_REFRESH_INTERVAL = Setting.of(
                    "metadata-refresh-interval",
                    SettingType.Seconds.zeroOrBetween(Duration.ofMinutes(1), Duration.ofDays(7)),
                    Duration.ofHours(4),
                    "time between two refreshes of the metadata of all tables; 0 turns them off. Metadata are fresh for twice"
                            + " this time")
            .withEnvironment("SCHEDULER_BQ_METADATA_REFRESH_INTERVAL");

    /** Default 10 GiB: some 6 cents at the list price of a scan. */
    public static final Setting<Long> MAX_BYTES_PER_MATERIALIZE = Setting.of(
                    "max-bytes-per-materialize",
                    new SettingType.ByteCount(1L << 20),
                    10L << 30,
                    "most bytes that the query of one table may scan; a query that would scan more is refused before it"
                            + " starts")
            .withEnvironment("AGNES_BQ_MAX_BYTES_PER_MATERIALIZE");

    /** Default 100 MiB: pages are JSON text and cost many times the size of the table in time and memory. */
    public static final Setting<Long> PAGED_LIMIT_BYTES = Setting.of(
                    "paged-limit-bytes",
                    new SettingType.ByteCount(0),
                    100L << 20,
                    "largest table that is read in pages where no staging bucket is set")
            .forPrograms();

    /** Default 1 h: an export of some terabytes; BigQuery itself ends a query after 6 h. */
    public static final Setting<Duration> JOB_TIMEOUT = Setting.of(
            "job-timeout",
            SettingType.Seconds.between(Duration.ofSeconds(1), Duration.ofHours(6)),
            Duration.ofHours(1),
            "longest time from the start of a job to its end; the job is cancelled then");

    /** Default 1 s: an export of a small table takes two or three. */
    public static final Setting<Duration> POLL_INTERVAL = Setting.of(
                    "poll-interval",
                    SettingType.Seconds.positive(),
                    Duration.ofSeconds(1),
                    "time before the second poll of a job; later ones grow to 10 s")
            .forPrograms();

    /** Default 10 s: half of what Google's clients wait. */
    public static final Setting<Duration> CONNECT_TIMEOUT = Setting.of(
                    "connect-timeout",
                    SettingType.Seconds.positive(),
                    Duration.ofSeconds(10),
                    "longest time to open a connection")
            .forPrograms();

    /** Default a minute: as in Google's client of BigQuery. */
    public static final Setting<Duration> READ_TIMEOUT = Setting.of(
                    "read-timeout",
                    SettingType.Seconds.positive(),
                    Duration.ofMinutes(1),
                    "longest silence of BigQuery and Cloud Storage")
            .forPrograms();

    /** Default a minute: Cloud Storage sends the first byte of an object within a second. */
    public static final Setting<Duration> SHARD_IDLE_TIMEOUT = Setting.of(
                    "shard-idle-timeout",
                    SettingType.Seconds.positive(),
                    Duration.ofMinutes(1),
                    "longest silence within a download; it then resumes from where it stopped")
            .forPrograms();

    /** Default 2 min: outlasts a short outage; a longer one is reported. */
    public static final Setting<Duration> RETRY_BUDGET = Setting.of(
                    "retry-budget",
                    SettingType.Seconds.from(Duration.ZERO),
                    Duration.ofMinutes(2),
                    "total time of all pauses between the attempts of one call")
            .forPrograms();

    /** Default 8: as for other object stores. */
    public static final Setting<Integer> SHARDS_AT_ONCE = Setting.of(
                    "shards-at-once",
                    new SettingType.WholeNumber(1, 64),
                    8,
                    "shards that are downloaded at the same time, over all tables")
            .withKey("parallelism");

    /** Default 1 GiB: sorts nothing and writes one row group of a wide table. */
    public static final Setting<Long> MEMORY_LIMIT_BYTES = Setting.of(
                    "memory-limit-bytes",
                    new SettingType.ByteCount(128L << 20),
                    1L << 30,
                    "memory of DuckDB for one rewrite; the rest goes to disk beside the draft")
            .forPrograms();

    /** Default none: BigQuery's public address. */
    public static final Setting<Optional<URI>> ENDPOINT = Setting.optional(
            "endpoint",
            new SettingType.Address("https://bigquery.googleapis.com"),
            "address of BigQuery: a host of googleapis.com, or an emulator on this machine");

    /** Default none: the public address of Cloud Storage. */
    public static final Setting<Optional<URI>> STORAGE_ENDPOINT = Setting.optional(
            "storage-endpoint",
            new SettingType.Address("https://storage.googleapis.com"),
            "address of Cloud Storage: a host of googleapis.com, or an emulator on this machine");

    /** Default false. */
    public static final Setting<Boolean> PRIVATE_TARGETS = Setting.of(
                    "private-targets",
                    new SettingType.Flag(),
                    false,
                    "whether plain HTTP to this machine is allowed; for emulators")
            .forPrograms();

    /** All of them. Plain HTTP is allowed if an endpoint is on this machine, where an emulator may run. */
    public static final SettingsSection<BigQueryConfig> SETTINGS = new SettingsSection<>(
            "bigquery",
            List.of(
                    PROJECT,
                    LOCATION,
                    READ_CREDENTIALS,
                    WRITE_CREDENTIALS,
                    STAGING_BUCKET,
                    STAGING_PREFIX,
                    METADATA_REFRESH_CONCURRENCY,
                    METADATA_REFRESH_INTERVAL,
                    MAX_BYTES_PER_MATERIALIZE,
                    PAGED_LIMIT_BYTES,
                    JOB_TIMEOUT,
                    POLL_INTERVAL,
                    CONNECT_TIMEOUT,
                    READ_TIMEOUT,
                    SHARD_IDLE_TIMEOUT,
                    RETRY_BUDGET,
                    SHARDS_AT_ONCE,
                    MEMORY_LIMIT_BYTES,
                    ENDPOINT,
                    STORAGE_ENDPOINT,
                    PRIVATE_TARGETS),
            BigQueryConfig::of);

    private static final String NEEDS_GOOGLE =
            "must be an https address of googleapis.com; an emulator may be on this machine";

    /** @throws IllegalArgumentException naming every value that is out of bounds */
    public BigQueryConfig {
        Problems problems = new Problems("bigquery")
                .require(isAllowed(endpoint, privateTargets), "endpoint " + NEEDS_GOOGLE)
                .require(isAllowed(storageEndpoint, privateTargets), "storage-endpoint " + NEEDS_GOOGLE);
        PROJECT.check(problems, project);
        LOCATION.check(problems, location);
        STAGING_BUCKET.check(problems, stagingBucket);
        STAGING_PREFIX.check(problems, stagingPrefix);
        METADATA_REFRESH_CONCURRENCY.check(problems, metadataRefreshConcurrency);
        METADATA_REFRESH_INTERVAL.check(problems, metadataRefreshInterval);
        MAX_BYTES_PER_MATERIALIZE.check(problems, maxBytesPerMaterialize);
        PAGED_LIMIT_BYTES.check(problems, pagedLimitBytes);
        JOB_TIMEOUT.check(problems, jobTimeout);
        POLL_INTERVAL.check(problems, pollInterval);
        CONNECT_TIMEOUT.check(problems, connectTimeout);
        READ_TIMEOUT.check(problems, readTimeout);
        SHARD_IDLE_TIMEOUT.check(problems, shardIdleTimeout);
        RETRY_BUDGET.check(problems, retryBudget);
        SHARDS_AT_ONCE.check(problems, shardsAtOnce);
        MEMORY_LIMIT_BYTES.check(problems, memoryLimitBytes);
        problems.throwIfAny();
    }

    private static BigQueryConfig of(SettingValues values) {
        boolean local = isLocal(values.get(ENDPOINT)) || isLocal(values.get(STORAGE_ENDPOINT));
        CredentialsSource otherwise =
                local ? new CredentialsSource.Anonymous() : new CredentialsSource.ApplicationDefault();
        return new BigQueryConfig(
                values.get(PROJECT),
                values.get(LOCATION),
                new BigQueryReadCredentials(source(values.get(READ_CREDENTIALS), otherwise)),
                new BigQueryWriteCredentials(source(values.get(WRITE_CREDENTIALS), otherwise)),
                values.get(STAGING_BUCKET),
                values.get(STAGING_PREFIX),
                values.get(METADATA_REFRESH_CONCURRENCY),
                values.get(METADATA_REFRESH_INTERVAL),
                values.get(MAX_BYTES_PER_MATERIALIZE),
                values.get(PAGED_LIMIT_BYTES),
                values.get(JOB_TIMEOUT),
                values.get(POLL_INTERVAL),
                values.get(CONNECT_TIMEOUT),
                values.get(READ_TIMEOUT),
                values.get(SHARD_IDLE_TIMEOUT),
                values.get(RETRY_BUDGET),
                values.get(SHARDS_AT_ONCE),
                values.get(MEMORY_LIMIT_BYTES),
                values.get(ENDPOINT),
                values.get(STORAGE_ENDPOINT),
                local);
    }

    /** The defaults, for one project, with the application default credentials. */
    public static BigQueryConfig of(String project) {
        return new BigQueryConfig(
                project,
                LOCATION.value(),
                BigQueryReadCredentials.applicationDefault(),
                BigQueryWriteCredentials.applicationDefault(),
                STAGING_BUCKET.value(),
                STAGING_PREFIX.value(),
                METADATA_REFRESH_CONCURRENCY.value(),
                METADATA_REFRESH_INTERVAL.value(),
                MAX_BYTES_PER_MATERIALIZE.value(),
                PAGED_LIMIT_BYTES.value(),
                JOB_TIMEOUT.value(),
                POLL_INTERVAL.value(),
                CONNECT_TIMEOUT.value(),
                READ_TIMEOUT.value(),
                SHARD_IDLE_TIMEOUT.value(),
                RETRY_BUDGET.value(),
                SHARDS_AT_ONCE.value(),
                MEMORY_LIMIT_BYTES.value(),
                ENDPOINT.value(),
                STORAGE_ENDPOINT.value(),
                PRIVATE_TARGETS.value());
    }

    /** This with another {@link #location}. */
    public BigQueryConfig withLocation(String value) {
        return copy(config -> config.location = Optional.of(value));
    }

    /** This with other {@link #readCredentials}. */
    public BigQueryConfig withReadCredentials(BigQueryReadCredentials value) {
        return copy(config -> config.readCredentials = value);
    }

    /** This with other {@link #writeCredentials}. */
    public BigQueryConfig withWriteCredentials(BigQueryWriteCredentials value) {
        return copy(config -> config.writeCredentials = value);
    }

    /** This with another {@link #stagingBucket}. */
    public BigQueryConfig withStagingBucket(String value) {
        return copy(config -> config.stagingBucket = Optional.of(value));
    }

    /** This with another {@link #stagingPrefix}. */
    public BigQueryConfig withStagingPrefix(String value) {
        return copy(config -> config.stagingPrefix = value);
    }

    /** This with another {@link #metadataRefreshConcurrency}. */
    public BigQueryConfig withMetadataRefreshConcurrency(int value) {
        return copy(config -> config.metadataRefreshConcurrency = value);
    }

    /** This with another {@link #metadataRefreshInterval}. */
    public BigQueryConfig withMetadataRefreshInterval(Duration value) {
        return copy(config -> config.metadataRefreshInterval = value);
    }

    /** This with another {@link #maxBytesPerMaterialize}. */
    public BigQueryConfig withMaxBytesPerMaterialize(long value) {
        return copy(config -> config.maxBytesPerMaterialize = value);
    }

    /** This with another {@link #pagedLimitBytes}. */
    public BigQueryConfig withPagedLimitBytes(long value) {
        return copy(config -> config.pagedLimitBytes = value);
    }

    /** This with another {@link #jobTimeout}. */
    public BigQueryConfig withJobTimeout(Duration value) {
        return copy(config -> config.jobTimeout = value);
    }

    /** This with another {@link #pollInterval}. */
    public BigQueryConfig withPollInterval(Duration value) {
        return copy(config -> config.pollInterval = value);
    }

    /** This with another {@link #connectTimeout}. */
    public BigQueryConfig withConnectTimeout(Duration value) {
        return copy(config -> config.connectTimeout = value);
    }

    /** This with another {@link #readTimeout}. */
    public BigQueryConfig withReadTimeout(Duration value) {
        return copy(config -> config.readTimeout = value);
    }

    /** This with another {@link #shardIdleTimeout}. */
    public BigQueryConfig withShardIdleTimeout(Duration value) {
        return copy(config -> config.shardIdleTimeout = value);
    }

    /** This with another {@link #retryBudget}. */
    public BigQueryConfig withRetryBudget(Duration value) {
        return copy(config -> config.retryBudget = value);
    }

    /** This with another {@link #shardsAtOnce}. */
    public BigQueryConfig withShardsAtOnce(int value) {
        return copy(config -> config.shardsAtOnce = value);
    }

    /** This with another {@link #memoryLimitBytes}. */
    public BigQueryConfig withMemoryLimitBytes(long value) {
        return copy(config -> config.memoryLimitBytes = value);
    }

    /** This with another {@link #endpoint}. */
    public BigQueryConfig withEndpoint(URI value) {
        return copy(config -> config.endpoint = Optional.of(value));
    }

    /** This with another {@link #storageEndpoint}. */
    public BigQueryConfig withStorageEndpoint(URI value) {
        return copy(config -> config.storageEndpoint = Optional.of(value));
    }

    /** This with another {@link #privateTargets}. */
    public BigQueryConfig withPrivateTargets(boolean value) {
        return copy(config -> config.privateTargets = value);
    }

    private BigQueryConfig copy(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.config();
    }

    /** Settings while one of them is changed. */
    private static final class Draft {
        private final String project;
        private Optional<String> location;
        private BigQueryReadCredentials readCredentials;
        private BigQueryWriteCredentials writeCredentials;
        private Optional<String> stagingBucket;
        private String stagingPrefix;
        private int metadataRefreshConcurrency;
        private Duration metadataRefreshInterval;
        private long maxBytesPerMaterialize;
        private long pagedLimitBytes;
        private Duration jobTimeout;
        private Duration pollInterval;
        private Duration connectTimeout;
        private Duration readTimeout;
        private Duration shardIdleTimeout;
        private Duration retryBudget;
        private int shardsAtOnce;
        private long memoryLimitBytes;
        private Optional<URI> endpoint;
        private Optional<URI> storageEndpoint;
        private boolean privateTargets;

        Draft(BigQueryConfig from) {
            project = from.project;
            location = from.location;
            readCredentials = from.readCredentials;
            writeCredentials = from.writeCredentials;
            stagingBucket = from.stagingBucket;
            stagingPrefix = from.stagingPrefix;
            metadataRefreshConcurrency = from.metadataRefreshConcurrency;
            metadataRefreshInterval = from.metadataRefreshInterval;
            maxBytesPerMaterialize = from.maxBytesPerMaterialize;
            pagedLimitBytes = from.pagedLimitBytes;
            jobTimeout = from.jobTimeout;
            pollInterval = from.pollInterval;
            connectTimeout = from.connectTimeout;
            readTimeout = from.readTimeout;
            shardIdleTimeout = from.shardIdleTimeout;
            retryBudget = from.retryBudget;
            shardsAtOnce = from.shardsAtOnce;
            memoryLimitBytes = from.memoryLimitBytes;
            endpoint = from.endpoint;
            storageEndpoint = from.storageEndpoint;
            privateTargets = from.privateTargets;
        }

        BigQueryConfig config() {
            return new BigQueryConfig(
                    project,
                    location,
                    readCredentials,
                    writeCredentials,
                    stagingBucket,
                    stagingPrefix,
                    metadataRefreshConcurrency,
                    metadataRefreshInterval,
                    maxBytesPerMaterialize,
                    pagedLimitBytes,
                    jobTimeout,
                    pollInterval,
                    connectTimeout,
                    readTimeout,
                    shardIdleTimeout,
                    retryBudget,
                    shardsAtOnce,
                    memoryLimitBytes,
                    endpoint,
                    storageEndpoint,
                    privateTargets);
        }
    }

    private static CredentialsSource source(Optional<Secret> given, CredentialsSource otherwise) {
        return given.map(CredentialsSource::parse).orElse(otherwise);
    }

    private static boolean isLocal(Optional<URI> address) {
        return address.filter(GoogleAddresses::isLocal).isPresent();
    }

    private static boolean isAllowed(Optional<URI> address, boolean local) {
        return address.isEmpty() || GoogleAddresses.isAllowed(address.get(), local);
    }
}
