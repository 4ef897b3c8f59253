// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.server.settings.NamedSetting;
import io.agnes.server.settings.Settings;
import io.agnes.server.settings.SettingsReader;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Settings as flags of a command. A secret has no flag, because every user of the machine can read the flags of a
 * process.
 */
final class SettingFlags {
    private SettingFlags() {}

    /** Adds a flag for each of these settings that is not secret. */
    static void addTo(CommandLine command, List<NamedSetting> settings) {
        settings.stream()
                .filter(setting -> !setting.setting().secret())
                .map(setting -> OptionSpec.builder("--" + setting.key())
                        .type(String.class)
                        .paramLabel("VALUE")
                        .description(description(setting))
                        .build())
                .forEach(command.getCommandSpec()::addOption);
    }

    private static String description(NamedSetting setting) {
        String values = setting.setting().type().expected();
        String defaultText = setting.setting().defaultText();
        return setting.setting().sentence() + "; " + values + " (" + setting.environment()
                + (defaultText.isEmpty() ? "" : "; " + defaultText) + ")";
    }

    /** The settings file named by the flag, or else by the environment. */
    static @Nullable Path file(@Nullable Path named) {
        String file = System.getenv("AGNES_CONFIG");
        return named != null || file == null ? named : Path.of(file);
    }

    /**
     * Reads the settings from the flags, the environment and the file.
     *
     * @param flagged the settings that are flags of the command
     */
    static Settings settings(CommandLine command, List<NamedSetting> flagged, @Nullable Path file) {
        return SettingsReader.read(given(command, flagged), System.getenv(), file);
    }

    private static Map<String, String> given(CommandLine command, List<NamedSetting> flagged) {
        Map<String, String> flags = new HashMap<>();
        for (NamedSetting setting : flagged) {
            String value = command.getParseResult().matchedOptionValue("--" + setting.key(), null);
            if (value != null) {
                flags.put(setting.key(), value);
            }
        }
        return flags;
    }
}
