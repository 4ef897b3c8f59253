// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.Problems;
import io.agnes.core.Secret;
import io.agnes.core.file.FileDigests.Algorithm;
import io.agnes.core.table.ColumnTypes;
import io.agnes.core.table.EmptyAsNull;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * How to reach a Keboola project and within which bounds.
 *
 * @param stack base of the Storage API, such as {@code https://connection.keboola.com}; a trailing slash or
 *     {@code /v2/storage} is dropped
 * @param token a Storage API token of that stack
 * @param fileType what is asked for first; Parquet falls back to CSV once, if the backend cannot write it
 * @param columnTypes what becomes of text that Keboola knows a type for
 * @param emptyAsNull what becomes of empty text in a column that gets a type other than text
 * @param nullWords texts that stand for a missing value in such a column and become NULL, such as {@code 0000-00-00};
 *     at most {@value #MAX_NULL_WORDS}, each compared as a whole
 * @param digests of the file that are taken while it arrives, at least one; where the processor has no instructions for
 *     SHA-256, MD5 alone takes a third of the time. {@link KeboolaSource} takes all of them
 * @param exportTimeout from the start of an export to the end of its job
 * @param pollInterval before the second look at a job; later ones grow to 10 s
 * @param connectTimeout for one connection
 * @param readTimeout for one silence of the Storage API
 * @param sliceIdleTimeout for one silence of the object store, after which the slice is asked for again from where it
 *     stopped
 * @param retryBudget for all waiting between the attempts of one request
 * @param slicesAtOnce downloads of all exports of a client at the same time, 1 to 64
 * @param memoryLimitBytes of DuckDB for one rewrite, at least 128 MiB; more goes to disk beside the draft
 * @param storageEndpoint takes the place of S3 and Google Cloud Storage, with path-style addresses; for tests and
 *     for gateways
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
    /** Half an hour: what other clients of this API wait. */
    public static final Duration EXPORT_TIMEOUT = Duration.ofMinutes(30);
    /** The first pause of Keboola's own clients. */
    public static final Duration POLL_INTERVAL = Duration.ofSeconds(2);
    /** Keboola's own client gives a connection as long. */
    public static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    /** Half of what Keboola's own client gives a whole request. */
    public static final Duration READ_TIMEOUT = Duration.ofMinutes(1);
    /** Longer than any pause seen of an object store that recovered. */
    public static final Duration SLICE_IDLE_TIMEOUT = Duration.ofMinutes(5);
    /** Outlasts a restart of the API; maintenance takes longer and is reported. */
    public static final Duration RETRY_BUDGET = Duration.ofMinutes(2);
    /** What other clients of this API use. */
    public static final int SLICES_AT_ONCE = 8;
    /** Enough to sort nothing and write one row group of a wide table. */
    public static final long MEMORY_LIMIT_BYTES = 1L << 30;

    /** More than the sentinels of any one project; each costs a comparison of every value. */
    public static final int MAX_NULL_WORDS = 32;

    private static final int MAX_NULL_WORD_LENGTH = 64;
    private static final long MIN_MEMORY_BYTES = 128L << 20;
    private static final int MAX_SLICES_AT_ONCE = 64;
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");
    private static final String API_PATH = "/v2/storage";

    /** @throws IllegalArgumentException naming everything that is wrong */
    public KeboolaConfig {
        stack = base(stack);
        nullWords = List.copyOf(nullWords);
        digests = Set.copyOf(digests);
        Problems problems = new Problems("keboola")
                .require(isHttp(stack, privateTargets), "stack must be an https address without query or user")
                .require(
                        isWords(nullWords),
                        "null-words must be at most " + MAX_NULL_WORDS + " different texts of 1 to "
                                + MAX_NULL_WORD_LENGTH + " characters, none of them a control character")
                .require(!digests.isEmpty(), "digests must be md5, sha-256 or both")
                .require(exportTimeout.isPositive(), "export-timeout must be positive")
                .require(pollInterval.isPositive(), "poll-interval must be positive")
                .require(connectTimeout.isPositive(), "connect-timeout must be positive")
                .require(readTimeout.isPositive(), "read-timeout must be positive")
                .require(sliceIdleTimeout.isPositive(), "slice-idle-timeout must be positive")
                .require(!retryBudget.isNegative(), "retry-budget must not be negative")
                .require(slicesAtOnce >= 1 && slicesAtOnce <= MAX_SLICES_AT_ONCE, "slices-at-once must be 1 to 64")
                .require(memoryLimitBytes >= MIN_MEMORY_BYTES, "memory-limit must be at least 128 MiB");
        storageEndpoint.ifPresent(endpoint -> problems.require(
                isHttp(endpoint, privateTargets), "storage-endpoint must be an https address without query or user"));
        problems.throwIfAny();
    }

    /** The defaults, for one project. */
    public static KeboolaConfig of(URI stack, Secret token) {
        return new KeboolaConfig(
                stack,
                token,
                ExportFileType.PARQUET,
                ColumnTypes.AUTO,
                EmptyAsNull.AUTO,
                List.of(),
                Algorithm.ALL,
                EXPORT_TIMEOUT,
                POLL_INTERVAL,
                CONNECT_TIMEOUT,
                READ_TIMEOUT,
                SLICE_IDLE_TIMEOUT,
                RETRY_BUDGET,
                SLICES_AT_ONCE,
                MEMORY_LIMIT_BYTES,
                Optional.empty(),
                false);
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

    private static boolean isWords(List<String> words) {
        return words.size() <= MAX_NULL_WORDS
                && Set.copyOf(words).size() == words.size()
                && words.stream().allMatch(KeboolaConfig::isWord);
    }

    private static boolean isWord(String word) {
        return !word.isEmpty()
                && word.length() <= MAX_NULL_WORD_LENGTH
                && word.chars().noneMatch(Character::isISOControl);
    }

    private static URI base(URI stack) {
        String text = stack.toString().replaceAll("/+$", "");
        return URI.create(text.endsWith(API_PATH) ? text.substring(0, text.length() - API_PATH.length()) : text);
    }

    /** Plain HTTP never leaves this machine, unless that is asked for. */
    private static boolean isHttp(URI uri, boolean plainToo) {
        if (uri.getHost() == null || uri.getRawQuery() != null || uri.getRawUserInfo() != null) {
            return false;
        }
        boolean plain = plainToo || LOOPBACK.contains(uri.getHost());
        return "https".equals(uri.getScheme()) || (plain && "http".equals(uri.getScheme()));
    }
}
