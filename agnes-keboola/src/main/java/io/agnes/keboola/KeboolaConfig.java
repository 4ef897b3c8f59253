// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.Problems;
import io.agnes.core.Secret;
import io.agnes.core.file.FileDigests.Algorithm;
import io.agnes.core.settings.Setting;
import io.agnes.core.settings.SettingType;
import io.agnes.core.settings.SettingType.Choice;
import io.agnes.core.settings.SettingValues;
import io.agnes.core.settings.SettingsSection;
import io.agnes.core.table.ColumnTypes;
import io.agnes.core.table.EmptyAsNull;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Settings of the access to one Keboola project. The constants describe them.
 *
 * @param stack base of the Storage API, such as {@code https://connection.keboola.com}; a trailing slash or
 *     {@code /v2/storage} is dropped
 * @param token a Storage API token of that stack
 * @param fileType requested format of exports; Parquet falls back to CSV once, if the backend cannot write it
 * @param columnTypes what becomes of text that Keboola knows a type for
 * @param emptyAsNull what becomes of empty text in a column that gets a type other than text
 * @param nullWords texts that stand for a missing value in such a column and become NULL, such as {@code 0000-00-00};
 *     each is compared as a whole
 * @param digests digests of the file that are computed while it arrives, at least one. {@link KeboolaSource} computes
 *     all of them
 * @param exportTimeout from the start of an export to the end of its job
 * @param pollInterval before the second poll of a job; later ones grow to 10 s
 * @param connectTimeout for one connection, and for its TLS handshake
 * @param readTimeout longest wait for a byte of the Storage API
 * @param sliceIdleTimeout longest wait for a byte of the object store; the download of the slice then resumes from where
 *     it stopped
 * @param retryBudget total time of all pauses between the attempts of one request
 * @param slicesAtOnce downloads at the same time, over all exports of a client
 * @param memoryLimitBytes memory of DuckDB for one rewrite; the rest goes to disk beside the draft
 * @param storageEndpoint replaces S3 and Google Cloud Storage, with path-style addresses; for tests and for gateways
 * @param privateTargets whether plain HTTP and addresses of this machine and of private networks may be contacted; for
 *     tests
 */
public record KeboolaConfig(
        URI stack,
        Secret token,
        ExportFileType fileType,
        ColumnTypes columnTypes,
        EmptyAsNull emptyAsNull,
        List<String> nullWords,
        Set<Algorithm> digests,
        Duration exportTimeout,
        Duration pollInterval,
        Duration connectTimeout,
        Duration readTimeout,
        Duration sliceIdleTimeout,
        Duration retryBudget,
        int slicesAtOnce,
        long memoryLimitBytes,
        Optional<URI> storageEndpoint,
        boolean privateTargets) {
    /** The Storage API. */
    public static final Setting<URI> STACK = Setting.required(
                    "stack",
                    new SettingType.Address("https://connection.keboola.com"),
                    "address of the Keboola stack, with or without /v2/storage")
            .withKey("stack-url")
            .withEnvironment("KEBOOLA_STACK_URL");

    /** Names the project, too. */
    public static final Setting<Secret> TOKEN = Setting.required(
                    "token",
                    new SettingType.SecretText(1),
                    "Storage API token of that stack; best read-only and limited to the buckets that are needed")
            .withKey("storage-token")
            .withEnvironment("KEBOOLA_STORAGE_TOKEN");

    /** Default Parquet: its slices are copied, while text has to be converted. */
    public static final Setting<ExportFileType> FILE_TYPE = Setting.of(
            "file-type",
            Choice.of(ExportFileType.values(), ExportFileType::text),
            ExportFileType.PARQUET,
            "requested format of exports; where the backend cannot write Parquet, CSV is requested instead");

    /** Default: types as far as every value fits. */
    public static final Setting<ColumnTypes> COLUMN_TYPES = Setting.of(
                    "column-types",
                    Choice.of(ColumnTypes.values(), ColumnTypes::text),
                    ColumnTypes.AUTO,
                    "auto: text gets the type that Keboola knows if every value fits; as_is: text stays text; a table's"
                            + " own column_types takes precedence")
            .forPrograms();

    /** Default as Keboola's own loads do it. */
    public static final Setting<EmptyAsNull> EMPTY_AS_NULL = Setting.of(
            "empty-as-null",
            Choice.of(EmptyAsNull.values(), EmptyAsNull::text),
            EmptyAsNull.AUTO,
            "empty text in columns of numbers, dates and booleans: auto makes it NULL, never keeps such a column text; a"
                    + " table's own empty_as_null takes precedence");

    /** At most 32: more than the sentinels of any one project; each costs a comparison of every value. */
    public static final Setting<List<String>> NULL_WORDS = Setting.of(
            "null-words",
            new SettingType.Words(32, 64),
            List.of(),
            "texts that become NULL in columns of numbers, dates and booleans, as 0000-00-00,n/a");

    /** Default both: a published version has both. */
    public static final Setting<Set<Algorithm>> DIGESTS = Setting.of(
                    "digests",
                    new Choice<>(List.of(
                            new Choice.Word<>("both", Algorithm.ALL),
                            new Choice.Word<>("md5", Set.of(Algorithm.MD5)),
                            new Choice.Word<>("sha-256", Set.of(Algorithm.SHA_256)))),
                    Algorithm.ALL,
                    "digests that are computed while the file arrives; without SHA-256 instructions in the processor,"
                            + " MD5 alone takes a third of the time")
            .forPrograms();

    /** Default half an hour: what other clients of this API wait. */
    public static final Setting<Duration> EXPORT_TIMEOUT = Setting.of(
            "export-timeout",
            SettingType.Seconds.positive(),
            Duration.ofMinutes(30),
            "longest time from the start of an export to the end of its job");

    /** Default 2 s: the first pause of Keboola's own clients. */
    public static final Setting<Duration> POLL_INTERVAL = Setting.of(
            "poll-interval",
            SettingType.Seconds.positive(),
            Duration.ofSeconds(2),
            "time before the second poll of a job; later ones grow to 10 s");

    /** Default 10 s: as in Keboola's own client. */
    public static final Setting<Duration> CONNECT_TIMEOUT = Setting.of(
                    "connect-timeout",
                    SettingType.Seconds.positive(),
                    Duration.ofSeconds(10),
                    "longest time to open a connection, and the longest silence within its TLS handshake")
            .forPrograms();

    /** Default a minute: half of what Keboola's own client gives a whole request. */
    public static final Setting<Duration> READ_TIMEOUT = Setting.of(
                    "read-timeout",
                    SettingType.Seconds.positive(),
                    Duration.ofMinutes(1),
                    "longest silence of the Storage API")
            .forPrograms();

    /** Default 5 min: longer than any pause seen of an object store that recovered. */
    public static final Setting<Duration> SLICE_IDLE_TIMEOUT = Setting.of(
                    "slice-idle-timeout",
                    SettingType.Seconds.positive(),
                    Duration.ofMinutes(5),
                    "longest silence of the object store, and longest time for 64 KiB; the download of the slice then"
                            + " resumes from where it stopped")
            .withKey("slice-timeout-sec");

    /** Default 2 min: outlasts a restart of the API; maintenance takes longer and is reported. */
    public static final Setting<Duration> RETRY_BUDGET = Setting.of(
                    "retry-budget",
                    SettingType.Seconds.from(Duration.ZERO),
                    Duration.ofMinutes(2),
                    "total time of all pauses between the attempts of one request")
            .forPrograms();

    /** Default 8: what other clients of this API use. */
    public static final Setting<Integer> SLICES_AT_ONCE = Setting.of(
                    "slices-at-once",
                    new SettingType.WholeNumber(1, 64),
                    8,
                    "slices that are downloaded at the same time, over all tables of the project")
            .withKey("parallelism");

    /** Default 1 GiB: sorts nothing and writes one row group of a wide table. */
    public static final Setting<Long> MEMORY_LIMIT_BYTES = Setting.of(
                    "memory-limit-bytes",
                    new SettingType.ByteCount(128L << 20),
                    1L << 30,
                    "memory of DuckDB for one rewrite; the rest goes to disk beside the draft")
            .forPrograms();

    /** Default none: the store that the stack names. */
    public static final Setting<Optional<URI>> STORAGE_ENDPOINT = Setting.optional(
            "storage-endpoint",
            new SettingType.Address(""),
            "address that replaces S3 and Google Cloud Storage, with path-style addresses; for emulators and gateways");

    /** Default false. */
    public static final Setting<Boolean> PRIVATE_TARGETS = Setting.of(
                    "private-targets",
                    new SettingType.Flag(),
                    false,
                    "whether plain HTTP and private addresses may be contacted; for tests")
            .forPrograms();

    /** All of them. Plain HTTP is contacted if the stack is on this machine, where an emulator may run. */
    public static final SettingsSection<KeboolaConfig> SETTINGS = new SettingsSection<>(
            "keboola",
            List.of(
                    STACK,
                    TOKEN,
                    FILE_TYPE,
                    COLUMN_TYPES,
                    EMPTY_AS_NULL,
                    NULL_WORDS,
                    DIGESTS,
                    EXPORT_TIMEOUT,
                    POLL_INTERVAL,
                    CONNECT_TIMEOUT,
                    READ_TIMEOUT,
                    SLICE_IDLE_TIMEOUT,
                    RETRY_BUDGET,
                    SLICES_AT_ONCE,
                    MEMORY_LIMIT_BYTES,
                    STORAGE_ENDPOINT,
                    PRIVATE_TARGETS),
            KeboolaConfig::of);

    private static final String API_PATH = "/v2/storage";

    /** @throws IllegalArgumentException naming every value that is out of bounds */
    public KeboolaConfig {
        stack = base(stack);
        nullWords = List.copyOf(nullWords);
        digests = Set.copyOf(digests);
        Problems problems = new Problems("keboola")
                .require(
                        isHttp(stack, privateTargets),
                        "stack must be " + STACK.type().bounds());
        NULL_WORDS.check(problems, nullWords);
        DIGESTS.check(problems, digests);
        EXPORT_TIMEOUT.check(problems, exportTimeout);
        POLL_INTERVAL.check(problems, pollInterval);
        CONNECT_TIMEOUT.check(problems, connectTimeout);
        READ_TIMEOUT.check(problems, readTimeout);
        SLICE_IDLE_TIMEOUT.check(problems, sliceIdleTimeout);
        RETRY_BUDGET.check(problems, retryBudget);
        SLICES_AT_ONCE.check(problems, slicesAtOnce);
        MEMORY_LIMIT_BYTES.check(problems, memoryLimitBytes);
        storageEndpoint.ifPresent(endpoint -> problems.require(
                isHttp(endpoint, privateTargets),
                "storage-endpoint must be " + STORAGE_ENDPOINT.type().bounds()));
        problems.throwIfAny();
    }

    private static KeboolaConfig of(SettingValues values) {
        return new KeboolaConfig(
                values.get(STACK),
                values.get(TOKEN),
                values.get(FILE_TYPE),
                values.get(COLUMN_TYPES),
                values.get(EMPTY_AS_NULL),
                values.get(NULL_WORDS),
                values.get(DIGESTS),
                values.get(EXPORT_TIMEOUT),
                values.get(POLL_INTERVAL),
                values.get(CONNECT_TIMEOUT),
                values.get(READ_TIMEOUT),
                values.get(SLICE_IDLE_TIMEOUT),
                values.get(RETRY_BUDGET),
                values.get(SLICES_AT_ONCE),
                values.get(MEMORY_LIMIT_BYTES),
                values.get(STORAGE_ENDPOINT),
                "http".equals(values.get(STACK).getScheme()));
    }

    /** The defaults, for one project. */
    public static KeboolaConfig of(URI stack, Secret token) {
        return new KeboolaConfig(
                stack,
                token,
                FILE_TYPE.value(),
                COLUMN_TYPES.value(),
                EMPTY_AS_NULL.value(),
                NULL_WORDS.value(),
                DIGESTS.value(),
                EXPORT_TIMEOUT.value(),
                POLL_INTERVAL.value(),
                CONNECT_TIMEOUT.value(),
                READ_TIMEOUT.value(),
                SLICE_IDLE_TIMEOUT.value(),
                RETRY_BUDGET.value(),
                SLICES_AT_ONCE.value(),
                MEMORY_LIMIT_BYTES.value(),
                STORAGE_ENDPOINT.value(),
                PRIVATE_TARGETS.value());
    }

    /** This with another {@link #fileType}. */
    public KeboolaConfig withFileType(ExportFileType value) {
        return copy(config -> config.fileType = value);
    }

    /** This with another {@link #columnTypes}. */
    public KeboolaConfig withColumnTypes(ColumnTypes value) {
        return copy(config -> config.columnTypes = value);
    }

    /** This with another {@link #emptyAsNull}. */
    public KeboolaConfig withEmptyAsNull(EmptyAsNull value) {
        return copy(config -> config.emptyAsNull = value);
    }

    /** This with other {@link #nullWords}. */
    public KeboolaConfig withNullWords(List<String> value) {
        return copy(config -> config.nullWords = value);
    }

    /** This with other {@link #digests}. */
    public KeboolaConfig withDigests(Set<Algorithm> value) {
        return copy(config -> config.digests = value);
    }

    /** This with another {@link #exportTimeout}. */
    public KeboolaConfig withExportTimeout(Duration value) {
        return copy(config -> config.exportTimeout = value);
    }

    /** This with another {@link #pollInterval}. */
    public KeboolaConfig withPollInterval(Duration value) {
        return copy(config -> config.pollInterval = value);
    }

    /** This with another {@link #connectTimeout}. */
    public KeboolaConfig withConnectTimeout(Duration value) {
        return copy(config -> config.connectTimeout = value);
    }

    /** This with another {@link #readTimeout}. */
    public KeboolaConfig withReadTimeout(Duration value) {
        return copy(config -> config.readTimeout = value);
    }

    /** This with another {@link #sliceIdleTimeout}. */
    public KeboolaConfig withSliceIdleTimeout(Duration value) {
        return copy(config -> config.sliceIdleTimeout = value);
    }

    /** This with another {@link #retryBudget}. */
    public KeboolaConfig withRetryBudget(Duration value) {
        return copy(config -> config.retryBudget = value);
    }

    /** This with another {@link #slicesAtOnce}. */
    public KeboolaConfig withSlicesAtOnce(int value) {
        return copy(config -> config.slicesAtOnce = value);
    }

    /** This with another {@link #memoryLimitBytes}. */
    public KeboolaConfig withMemoryLimitBytes(long value) {
        return copy(config -> config.memoryLimitBytes = value);
    }

    /** This with another {@link #storageEndpoint}. */
    public KeboolaConfig withStorageEndpoint(URI value) {
        return copy(config -> config.storageEndpoint = Optional.of(value));
    }

    /** This with another {@link #privateTargets}. */
    public KeboolaConfig withPrivateTargets(boolean value) {
        return copy(config -> config.privateTargets = value);
    }

    private KeboolaConfig copy(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.config();
    }

    /** Settings while one of them is changed. */
    private static final class Draft {
        private final URI stack;
        private final Secret token;
        private ExportFileType fileType;
        private ColumnTypes columnTypes;
        private EmptyAsNull emptyAsNull;
        private List<String> nullWords;
        private Set<Algorithm> digests;
        private Duration exportTimeout;
        private Duration pollInterval;
        private Duration connectTimeout;
        private Duration readTimeout;
        private Duration sliceIdleTimeout;
        private Duration retryBudget;
        private int slicesAtOnce;
        private long memoryLimitBytes;
        private Optional<URI> storageEndpoint;
        private boolean privateTargets;

        Draft(KeboolaConfig from) {
            stack = from.stack;
            token = from.token;
            fileType = from.fileType;
            columnTypes = from.columnTypes;
            emptyAsNull = from.emptyAsNull;
            nullWords = from.nullWords;
            digests = from.digests;
            exportTimeout = from.exportTimeout;
            pollInterval = from.pollInterval;
            connectTimeout = from.connectTimeout;
            readTimeout = from.readTimeout;
            sliceIdleTimeout = from.sliceIdleTimeout;
            retryBudget = from.retryBudget;
            slicesAtOnce = from.slicesAtOnce;
            memoryLimitBytes = from.memoryLimitBytes;
            storageEndpoint = from.storageEndpoint;
            privateTargets = from.privateTargets;
        }

        KeboolaConfig config() {
            return new KeboolaConfig(
                    stack,
                    token,
                    fileType,
                    columnTypes,
                    emptyAsNull,
                    nullWords,
                    digests,
                    exportTimeout,
                    pollInterval,
                    connectTimeout,
                    readTimeout,
                    sliceIdleTimeout,
                    retryBudget,
                    slicesAtOnce,
                    memoryLimitBytes,
                    storageEndpoint,
                    privateTargets);
        }
    }

    private static URI base(URI stack) {
        String text = stack.toString().replaceAll("/+$", "");
        return URI.create(text.endsWith(API_PATH) ? text.substring(0, text.length() - API_PATH.length()) : text);
    }

    /** Plain HTTP never leaves this machine, unless that is allowed. */
    private static boolean isHttp(URI address, boolean plain) {
        return plain ? SettingType.Address.accepts(address, true) : STACK.type().accepts(address);
    }
}
