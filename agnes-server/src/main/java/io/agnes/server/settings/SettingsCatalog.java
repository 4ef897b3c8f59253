// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.settings;

import io.agnes.core.settings.Setting;
import io.agnes.core.settings.SettingsSection;
import io.agnes.core.sync.SchedulerConfig;
import io.agnes.core.sync.SourceType;
import io.agnes.core.sync.SyncConfig;
import io.agnes.server.connection.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Every setting of the server, collected from the descriptions in the settings records. */
public final class SettingsCatalog {
    private static final String PREFIX = "AGNES_";
    private static final List<SettingsSection<?>> SECTIONS =
            List.of(Settings.PROCESS, Limits.SETTINGS, SchedulerConfig.SETTINGS, SyncConfig.SETTINGS);

    private final List<NamedSetting> settings;
    private final Set<String> prefixes;

    private SettingsCatalog(List<NamedSetting> settings, Set<String> prefixes) {
        this.settings = settings;
        this.prefixes = prefixes;
    }

    /** The settings of the server and of these types of sources. */
    public static SettingsCatalog of(List<SourceType<?>> types) {
        List<NamedSetting> settings = new ArrayList<>();
        SECTIONS.forEach(section -> settings.addAll(named(section)));
        types.forEach(type -> settings.addAll(named(type.settings())));
        Set<String> prefixes = Stream.concat(
                        Stream.of(PREFIX),
                        types.stream()
                                .map(type -> variable(type.name()) + "_")
                                .filter(prefix -> settings.stream()
                                        .anyMatch(
                                                setting -> setting.environment().startsWith(prefix))))
                .collect(Collectors.toUnmodifiableSet());
        return new SettingsCatalog(List.copyOf(settings), prefixes);
    }

    /** The settings of one section, in its order. */
    public static List<NamedSetting> named(SettingsSection<?> section) {
        return section.inFile().stream()
                .<NamedSetting>map(setting -> named(section, setting))
                .toList();
    }

    static NamedSetting named(SettingsSection<?> section, Setting<?> setting) {
        String key = section.key(setting);
        return new NamedSetting(key, setting.environment().orElseGet(() -> PREFIX + variable(key)), setting);
    }

    private static String variable(String key) {
        return key.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }

    /** All settings, in the order of documentation. */
    public List<NamedSetting> settings() {
        return settings;
    }

    /** Some of the settings. */
    public List<NamedSetting> only(Set<Setting<?>> wanted) {
        return settings.stream()
                .filter(setting -> wanted.contains(setting.setting()))
                .toList();
    }

    /**
     * Whether an environment variable is meant for this program by its name. Such a variable that is no setting stops the
     * start.
     */
    boolean claims(String variable) {
        return prefixes.stream().anyMatch(variable::startsWith);
    }
}
