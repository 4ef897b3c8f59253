// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.settings;

import io.agnes.core.Nearest;
import io.agnes.core.settings.SettingsSection;
import io.agnes.core.sync.ConfiguredSource;
import io.agnes.core.sync.SchedulerConfig;
import io.agnes.core.sync.SourceType;
import io.agnes.core.sync.SyncConfig;
import io.agnes.server.connection.Limits;
import io.helidon.config.Config;
import io.helidon.config.ConfigException;
import io.helidon.config.ConfigSources;
import java.nio.file.Files;
import java.nio.file.Path;
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
import org.jspecify.annotations.Nullable;

/**
 * Reads the settings of the server from flags, environment and file; the first one wins. A key that is no setting stops
 * the start and names the nearest one, because a misspelt limit is a limit that does not hold.
 */
public final class SettingsReader {
    /** Read by commands and not by the server. */
    private static final List<String> OF_COMMANDS =
            List.of("AGNES_TOKEN", "AGNES_URL", "AGNES_CONFIG", "AGNES_JAVA_OPTS");

    private static final Pattern PLACE = Pattern.compile("line [0-9]+, column [0-9]+");

    private final List<String> problems = new ArrayList<>();
    private final Config config;

    private SettingsReader(Config config) {
        this.config = config;
    }

    /**
     * Reads and checks the settings, with every type of source.
     *
     * @param flags by key
     * @param environment by name; names that are not ours are ignored
     * @param file null for none
     * @throws SettingsException naming everything that is wrong
     */
    public static Settings read(Map<String, String> flags, Map<String, String> environment, @Nullable Path file) {
        return read(flags, environment, file, Sources.TYPES);
    }

    /**
     * Reads and checks the settings.
     *
     * @param types the types of sources
     * @throws SettingsException naming everything that is wrong
     */
    public static Settings read(
            Map<String, String> flags,
            Map<String, String> environment,
            @Nullable Path file,
            List<SourceType<?>> types) {
        try {
            Config config = join(flags, environment, file, SettingsCatalog.of(types));
            return new SettingsReader(config).settings(types);
        } catch (ConfigException e) {
            throw SettingsException.unreadable(String.valueOf(file), reason(e));
        }
    }

    /** Names the line and not its content: a parser quotes the line, which may hold a token. */
    private static String reason(ConfigException e) {
        Throwable cause = e.getCause();
        if (cause == null) {
            return String.valueOf(e.getMessage());
        }
        Matcher place = PLACE.matcher(String.valueOf(cause.getMessage()));
        return place.find() ? "it is not YAML at " + place.group() : "it is not a YAML file of settings";
    }

    private static Config join(
            Map<String, String> flags, Map<String, String> environment, @Nullable Path file, SettingsCatalog catalog) {
        List<NamedSetting> settings = catalog.settings();
        List<String> unknown = new ArrayList<>();
        noteUnknown("a flag", flags.keySet(), settings, NamedSetting::key, unknown);
        noteUnknown("the environment", claimed(environment, catalog), settings, NamedSetting::environment, unknown);
        Config.Builder config = Config.builder()
                .disableEnvironmentVariablesSource()
                .disableSystemPropertiesSource()
                .addSource(ConfigSources.create(flags))
                .addSource(ConfigSources.create(byKey(environment, settings)));
        if (file != null) {
            noteUnknown("the settings file", keys(file), settings, NamedSetting::key, unknown);
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
            String where,
            Set<String> given,
            List<NamedSetting> settings,
            Function<NamedSetting, String> name,
            List<String> unknown) {
        List<String> names = settings.stream().map(name).toList();
        for (String key : new TreeSet<>(given)) {
            if (!names.contains(key)) {
                unknown.add(
                        where + " sets " + key + ", which is no setting; did you mean " + Nearest.to(key, names) + "?");
            }
        }
    }

    private static Set<String> claimed(Map<String, String> environment, SettingsCatalog catalog) {
        return environment.keySet().stream()
                .filter(name -> catalog.claims(name) && !OF_COMMANDS.contains(name))
                .collect(Collectors.toSet());
    }

    private static Map<String, String> byKey(Map<String, String> environment, List<NamedSetting> settings) {
        Map<String, String> keys = new HashMap<>();
        for (NamedSetting setting : settings) {
            String value = environment.get(setting.environment());
            if (value != null && !value.isBlank()) {
                keys.put(setting.key(), value);
            }
        }
        return keys;
    }

    private Settings settings(List<SourceType<?>> types) {
        Optional<Settings> process = read(Settings.PROCESS);
        Optional<Limits> limits = read(Limits.SETTINGS);
        Optional<SchedulerConfig> scheduler = read(SchedulerConfig.SETTINGS);
        Optional<SyncConfig> sync = read(SyncConfig.SETTINGS);
        List<ConfiguredSource<?>> configured = new ArrayList<>();
        types.forEach(type -> read(type).ifPresent(configured::add));
        if (!problems.isEmpty()) {
            throw SettingsException.invalid(problems);
        }
        return process.orElseThrow()
                .withRuns(sync.orElseThrow(), scheduler.orElseThrow())
                .withLimits(limits.orElseThrow())
                .withSources(new Sources(types, configured));
    }

    private <C> Optional<ConfiguredSource<C>> read(SourceType<C> type) {
        return read(type.settings()).map(settings -> new ConfiguredSource<>(type, settings));
    }

    private <C> Optional<C> read(SettingsSection<C> section) {
        try {
            return section.read(
                    setting -> config.get(section.key(setting))
                            .asString()
                            .asOptional()
                            .map(String::strip),
                    (setting, problem) ->
                            problems.add(SettingsCatalog.named(section, setting).label() + " " + problem));
        } catch (IllegalArgumentException e) {
            problems.add(String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }
}
