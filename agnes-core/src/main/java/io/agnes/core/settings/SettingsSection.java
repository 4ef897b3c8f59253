// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.settings;

import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * The description of a settings record.
 *
 * @param name section of the settings file that holds the settings; empty for the top level
 * @param settings in the order of documentation
 * @param factory makes the record from values within their bounds
 * @param <C> the settings record
 */
public record SettingsSection<C>(String name, List<Setting<?>> settings, Function<SettingValues, C> factory) {
    /** Copies the list. */
    public SettingsSection {
        settings = List.copyOf(settings);
    }

    /** The settings that a settings file can hold. */
    public List<Setting<?>> inFile() {
        return settings.stream().filter(setting -> !setting.programOnly()).toList();
    }

    /** The name of one of its settings in the settings file: section, dot, key. */
    public String key(Setting<?> setting) {
        return name.isEmpty() ? setting.key() : name + "." + setting.key();
    }

    /**
     * The record with all defaults.
     *
     * @throws java.util.NoSuchElementException if a setting is required
     */
    public C defaults() {
        return factory.apply(new SettingValues((setting, problem) -> {
            throw new IllegalStateException("the default of " + setting.name() + " " + problem);
        }));
    }

    /**
     * Reads the record from texts. A section with required settings is in use if one of those is set; the others are not
     * looked at otherwise.
     *
     * @param texts the text of a setting, without blanks around it; empty if it is not set
     * @param problems receives each problem, as a text that continues the name of the setting
     * @return empty if the section is not in use, or if there was a problem
     * @throws IllegalArgumentException if the record refuses the values together
     */
    public Optional<C> read(Function<Setting<?>, Optional<String>> texts, BiConsumer<Setting<?>, String> problems) {
        List<Setting<?>> required = inFile().stream()
                .filter(setting -> setting.defaultValue().isEmpty())
                .toList();
        List<String> given = required.stream()
                .filter(setting -> isSet(setting, texts))
                .map(this::key)
                .toList();
        if (given.isEmpty() && !required.isEmpty()) {
            return Optional.empty();
        }
        SettingValues values = new SettingValues(problems);
        for (Setting<?> setting : inFile()) {
            if (setting.defaultValue().isEmpty() && !isSet(setting, texts)) {
                values.refuse(setting, "is needed with " + String.join(" and ", given));
            } else {
                read(setting, texts, values);
            }
        }
        if (values.refused()) {
            return Optional.empty();
        }
        C record = factory.apply(values);
        return values.refused() ? Optional.empty() : Optional.of(record);
    }

    private static boolean isSet(Setting<?> setting, Function<Setting<?>, Optional<String>> texts) {
        return texts.apply(setting).filter(text -> !text.isEmpty()).isPresent();
    }

    private static <T> void read(
            Setting<T> setting, Function<Setting<?>, Optional<String>> texts, SettingValues values) {
        Optional<String> text = texts.apply(setting);
        if (text.isEmpty()) {
            return;
        }
        try {
            values.put(setting, setting.type().parse(text.get()));
        } catch (IllegalArgumentException e) {
            values.refuse(setting, String.valueOf(e.getMessage()));
        }
    }
}
