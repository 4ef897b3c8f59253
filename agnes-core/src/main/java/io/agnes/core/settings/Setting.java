// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.settings;

import io.agnes.core.Problems;
import java.util.Optional;

/**
 * The description of one setting: the only place that states its name, type, bounds, default and meaning.
 *
 * @param name name of the record component, in lower case with dashes
 * @param type type and bounds of the value
 * @param defaultValue value without a setting; empty if the setting is required
 * @param sentence what the setting does, in one sentence without a full stop
 * @param key name in the settings file, below its section; ends with the unit if the type has one
 * @param environment name of the environment variable, if it does not follow from section and key
 * @param programOnly true if only a program can set it, and no settings file
 * @param <T> type of the value
 */
public record Setting<T>(
        String name,
        SettingType<T> type,
        Optional<T> defaultValue,
        String sentence,
        String key,
        Optional<String> environment,
        boolean programOnly) {
    /** A setting with a default. */
    public static <T> Setting<T> of(String name, SettingType<T> type, T defaultValue, String sentence) {
        return new Setting<>(
                name, type, Optional.of(defaultValue), sentence, name + type.keySuffix(), Optional.empty(), false);
    }

    /** A setting without a default. Its section is in use if one such setting is set, and then needs all of them. */
    public static <T> Setting<T> required(String name, SettingType<T> type, String sentence) {
        return new Setting<>(name, type, Optional.empty(), sentence, name + type.keySuffix(), Optional.empty(), false);
    }

    /** A setting that may be absent. */
    public static <T> Setting<Optional<T>> optional(String name, SettingType<T> type, String sentence) {
        return of(name, new SettingType.Maybe<>(type), Optional.empty(), sentence);
    }

    /** The same with another name in the settings file. */
    public Setting<T> withKey(String value) {
        return new Setting<>(name, type, defaultValue, sentence, value, environment, programOnly);
    }

    /** The same with another environment variable. */
    public Setting<T> withEnvironment(String value) {
        return new Setting<>(name, type, defaultValue, sentence, key, Optional.of(value), programOnly);
    }

    /** The same, for programs only. */
    public Setting<T> forPrograms() {
        return new Setting<>(name, type, defaultValue, sentence, key, environment, true);
    }

    /**
     * The default.
     *
     * @throws java.util.NoSuchElementException if the setting is required
     */
    public T value() {
        return defaultValue.orElseThrow();
    }

    /** The default as a settings file has it; empty text if there is none. */
    public String defaultText() {
        return defaultValue.map(type::format).orElse("");
    }

    /** Whether the value must not be printed. */
    public boolean secret() {
        return type.secret();
    }

    /** Notes a problem unless the value is within the bounds. */
    public void check(Problems problems, T value) {
        problems.require(type.accepts(value), name + " must be " + type.bounds());
    }
}
