// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.settings;

import io.agnes.core.Nearest;
import io.agnes.core.Secret;
import io.agnes.core.file.FileModes;
import io.agnes.core.sync.SchedulerConfig;
import io.agnes.core.sync.SyncConfig;
import io.agnes.core.table.EmptyAsNull;
import io.agnes.core.table.Schedule;
import io.agnes.server.connection.Limits;
import io.helidon.config.Config;
import io.helidon.config.ConfigException;
import io.helidon.config.ConfigSources;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Joins flags, environment and file, the first one winning, and checks the result whole. A key that is no setting stops
 * the start and names the nearest one, because a misspelt limit is a limit that does not hold.
 */
public final class SettingsReader {
    /** A misspelt name that begins so was meant for this program; Storage tokens and stacks are of no other use here. */
    private static final List<String> OUR_PREFIXES = List.of("AGNES_", "KEBOOLA_");

    private static final int SHORTEST_SCHEDULER_TOKEN = 32;
    private static final int HIGHEST_PORT = 65535;
    private static final int MOST_CONNECTIONS = 20_000;
    private static final int LONGEST_SHUTDOWN_DELAY = 300;
    private static final int SECONDS_OF_A_MINUTE = 60;
    private static final int SECONDS_OF_A_WEEK = 7 * 24 * 3600;
    private static final int LONGEST_SCHEDULER_WAIT = 3600;

    /** The bounds of {@code KeboolaConfig}. */
    private static final int MOST_NULL_WORDS = 32;

    private static final int LONGEST_NULL_WORD = 64;

    /** In the environment too, but read by commands and not by the server. */
    private static final List<String> OF_COMMANDS =
            List.of("AGNES_TOKEN", "AGNES_URL", "AGNES_CONFIG", "AGNES_JAVA_OPTS");

    private static final List<String> LOOPBACK = List.of("127.0.0.1", "localhost", "[::1]");

    private static final Pattern PLACE = Pattern.compile("line [0-9]+, column [0-9]+");

    private final List<String> problems = new ArrayList<>();
    private final Config config;

    private SettingsReader(Config config) {
        this.config = config;
    }

    /**
     * Reads and checks.
     *
     * @param flags by key
     * @param environment by name; names that are not ours are passed over
     * @param file null for none
     * @throws SettingsException naming everything that is wrong
     */
    public static Settings read(Map<String, String> flags, Map<String, String> environment, @Nullable Path file) {
        try {
            return new SettingsReader(join(flags, environment, file)).settings();
        } catch (ConfigException e) {
            throw SettingsException.unreadable(String.valueOf(file), reason(e));
        }
    }

    /** Where it is wrong, and not what is there: a parser quotes the line, which may be that of a token. */
    private static String reason(ConfigException e) {
        Throwable cause = e.getCause();
        if (cause == null) {
            return String.valueOf(e.getMessage());
        }
        Matcher place = PLACE.matcher(String.valueOf(cause.getMessage()));
        return place.find() ? "it is not YAML at " + place.group() : "it is not a YAML file of settings";
    }

    private static Config join(Map<String, String> flags, Map<String, String> environment, @Nullable Path file) {
        List<String> unknown = new ArrayList<>();
        noteUnknown("a flag", flags.keySet(), Setting::key, unknown);
        noteUnknown("the environment", ours(environment), Setting::environment, unknown);
        Config.Builder config = Config.builder()
                .disableEnvironmentVariablesSource()
                .disableSystemPropertiesSource()
                .addSource(ConfigSources.create(flags))
                .addSource(ConfigSources.create(ofEnvironment(environment)));
        if (file != null) {
            noteUnknown("the settings file", keys(file), Setting::key, unknown);
            config.addSource(ConfigSources.file(file));
        }
        if (!unknown.isEmpty()) {
            throw SettingsException.unknown(unknown);
        }
        return config.build();
    }

    private static Set<String> keys(Path file) {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw SettingsException.unreadable(file.toString(), "no such file, or not readable");
        }
        return Config.builder(ConfigSources.file(file))
                .disableEnvironmentVariablesSource()
                .disableSystemPropertiesSource()
                .build()
                .asMap()
                .orElse(Map.of())
                .keySet();
    }

    private static void noteUnknown(
            String where, Set<String> given, Function<Setting, String> name, List<String> unknown) {
        List<String> names = Stream.of(Setting.values()).map(name).toList();
        for (String key : new TreeSet<>(given)) {
            if (!names.contains(key)) {
                unknown.add(where + " sets " + key + ", which is no setting; did you mean " + nearest(key, name) + "?");
            }
        }
    }

    private static Set<String> ours(Map<String, String> environment) {
        return environment.keySet().stream()
                .filter(name -> OUR_PREFIXES.stream().anyMatch(name::startsWith) && !OF_COMMANDS.contains(name))
                .collect(Collectors.toSet());
    }

    private static Map<String, String> ofEnvironment(Map<String, String> environment) {
        Map<String, String> keys = new HashMap<>();
        for (Setting setting : Setting.values()) {
            String value = environment.get(setting.environment());
            if (value != null && !value.isBlank()) {
                keys.put(setting.key(), value);
            }
        }
        return keys;
    }

    private static String nearest(String given, Function<Setting, String> name) {
        return Nearest.to(given, Stream.of(Setting.values()).map(name).toList());
    }

    private Settings settings() {
        Path data = path(Setting.DATA_DIR);
        Path temp = path(Setting.TEMP_DIR);
        Settings settings = new Settings(
                data,
                temp.toString().isEmpty() ? data.resolve("tmp") : temp,
                flag(Setting.FILES_GROUP_READABLE) ? FileModes.GROUP_READABLE : FileModes.PRIVATE,
                text(Setting.HOST),
                number(Setting.PORT, 0, HIGHEST_PORT),
                schedulerToken(),
                new SyncConfig(
                        number(Setting.SYNC_TABLES_AT_ONCE, 1, 64),
                        seconds(Setting.SYNC_TABLE_DEADLINE),
                        seconds(Setting.SYNC_VERSION_GRACE)),
                Optional.of(scheduler()),
                keboola(),
                disk(),
                limits());
        if (!problems.isEmpty()) {
            throw SettingsException.invalid(problems);
        }
        return settings;
    }

    private Settings.Disk disk() {
        String plainNames = text(Setting.PLAIN_NAMES);
        require(
                Setting.PLAIN_NAMES,
                List.of("copy", "none").contains(plainNames),
                "is " + plainNames + ", must be copy or none");
        return new Settings.Disk(text(Setting.REGISTRY_ACCEPT_LOSS), plainNames.equals("copy"));
    }

    private Limits limits() {
        int connections = number(Setting.HTTP_CONNECTIONS, Limits.LEAST_CONNECTIONS, MOST_CONNECTIONS);
        int downloads = number(Setting.HTTP_DOWNLOADS, 1, MOST_CONNECTIONS);
        require(
                Setting.HTTP_DOWNLOADS,
                downloads <= connections / 2,
                "is " + downloads + ", must be at most half of " + Setting.HTTP_CONNECTIONS.key());
        return new Limits(
                connections,
                number(Setting.HTTP_CONNECTIONS_PER_ADDRESS, 1, MOST_CONNECTIONS),
                downloads,
                number(Setting.HTTP_DOWNLOADS_PER_USER, 1, MOST_CONNECTIONS),
                Duration.ofSeconds(number(Setting.HTTP_SHUTDOWN_DELAY, 0, LONGEST_SHUTDOWN_DELAY)));
    }

    private SchedulerConfig scheduler() {
        int minutes = number(Setting.SCHEDULER_REFRESH, 0, SECONDS_OF_A_WEEK) / SECONDS_OF_A_MINUTE;
        return new SchedulerConfig(
                Duration.ofSeconds(number(Setting.SCHEDULER_TICK, 1, LONGEST_SCHEDULER_WAIT)),
                Duration.ofSeconds(number(Setting.SCHEDULER_GRACE, 0, LONGEST_SCHEDULER_WAIT)),
                minutes == 0 ? null : Schedule.parse("every " + minutes + "m"),
                null);
    }

    private Optional<Secret> schedulerToken() {
        String token = text(Setting.SCHEDULER_API_TOKEN);
        require(
                Setting.SCHEDULER_API_TOKEN,
                token.isEmpty() || token.length() >= SHORTEST_SCHEDULER_TOKEN,
                "has " + token.length() + " characters, at least " + SHORTEST_SCHEDULER_TOKEN + " are needed");
        return token.isEmpty() ? Optional.empty() : Optional.of(Secret.of(token));
    }

    private Optional<Settings.Keboola> keboola() {
        String stack = text(Setting.KEBOOLA_STACK_URL);
        String token = text(Setting.KEBOOLA_STORAGE_TOKEN);
        if (stack.isEmpty() && token.isEmpty()) {
            return Optional.empty();
        }
        require(Setting.KEBOOLA_STACK_URL, !stack.isEmpty(), "is needed with a Storage token");
        require(Setting.KEBOOLA_STORAGE_TOKEN, !token.isEmpty(), "is needed with a stack");
        String fileType = text(Setting.KEBOOLA_FILE_TYPE);
        require(
                Setting.KEBOOLA_FILE_TYPE,
                List.of("parquet", "csv").contains(fileType),
                "is " + fileType + ", must be parquet or csv");
        EmptyAsNull emptyAsNull = emptyAsNull();
        List<String> nullWords = nullWords();
        Optional<URI> address = address(stack);
        require(
                Setting.KEBOOLA_STACK_URL,
                stack.isEmpty() || address.isPresent(),
                "must be an address like https://connection.keboola.com; plain http is for this machine alone");
        String endpoint = text(Setting.KEBOOLA_STORAGE_ENDPOINT);
        require(
                Setting.KEBOOLA_STORAGE_ENDPOINT,
                endpoint.isEmpty() || address(endpoint).isPresent(),
                "must be an https address; plain http is for this machine alone");
        Duration exportTimeout = seconds(Setting.KEBOOLA_EXPORT_TIMEOUT);
        Duration pollInterval = seconds(Setting.KEBOOLA_POLL_INTERVAL);
        Duration sliceTimeout = seconds(Setting.KEBOOLA_SLICE_TIMEOUT);
        int parallelism = number(Setting.KEBOOLA_PARALLELISM, 1, 64);
        if (address.isEmpty() || token.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Settings.Keboola(
                address.get(),
                Secret.of(token),
                fileType,
                emptyAsNull,
                nullWords,
                exportTimeout,
                pollInterval,
                sliceTimeout,
                parallelism,
                address(endpoint)));
    }

    private EmptyAsNull emptyAsNull() {
        String text = text(Setting.KEBOOLA_EMPTY_AS_NULL);
        Optional<EmptyAsNull> way = EmptyAsNull.parse(text);
        require(Setting.KEBOOLA_EMPTY_AS_NULL, way.isPresent(), "is " + text + ", must be auto or never");
        return way.orElse(EmptyAsNull.AUTO);
    }

    private List<String> nullWords() {
        List<String> words = Stream.of(text(Setting.KEBOOLA_NULL_WORDS).split(",", -1))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .distinct()
                .toList();
        require(
                Setting.KEBOOLA_NULL_WORDS,
                words.size() <= MOST_NULL_WORDS && words.stream().allMatch(SettingsReader::isNullWord),
                "must be at most " + MOST_NULL_WORDS + " texts of at most " + LONGEST_NULL_WORD
                        + " characters, with commas between them");
        return words;
    }

    private static boolean isNullWord(String word) {
        return word.length() <= LONGEST_NULL_WORD && word.chars().noneMatch(Character::isISOControl);
    }

    private static Optional<URI> address(String text) {
        try {
            URI address = URI.create(text);
            boolean good = address.getHost() != null
                    && ("https".equals(address.getScheme())
                            || ("http".equals(address.getScheme()) && LOOPBACK.contains(address.getHost())));
            return good ? Optional.of(address) : Optional.empty();
        } catch (IllegalArgumentException notAnAddress) {
            return Optional.empty();
        }
    }

    private String text(Setting setting) {
        return config.get(setting.key()).asString().orElse(setting.otherwise()).strip();
    }

    private Path path(Setting setting) {
        try {
            return Path.of(text(setting));
        } catch (InvalidPathException e) {
            require(setting, false, "is no path: " + e.getReason());
            return Path.of("");
        }
    }

    private boolean flag(Setting setting) {
        String text = text(setting);
        require(setting, List.of("true", "false").contains(text), "is " + text + ", must be true or false");
        return text.equals("true");
    }

    private Duration seconds(Setting setting) {
        return Duration.ofSeconds(number(setting, 1, Integer.MAX_VALUE));
    }

    private int number(Setting setting, int least, int most) {
        String text = text(setting);
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // Told below, as for one out of bounds.
        }
        require(setting, false, "is " + text + ", must be a whole number from " + least + " to " + most);
        return least;
    }

    private void require(Setting setting, boolean condition, String problem) {
        if (!condition) {
            problems.add(setting.key() + " (" + setting.environment() + ") " + problem);
        }
    }
}
