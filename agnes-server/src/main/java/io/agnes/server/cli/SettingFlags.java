// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.server.settings.Setting;
import io.agnes.server.settings.Settings;
import io.agnes.server.settings.SettingsReader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Every setting that is no secret, as a flag of a command. */
final class SettingFlags {
    private SettingFlags() {}

    /** Those of these that are no secrets. */
    static void addTo(CommandLine command, Set<Setting> settings) {
        Arrays.stream(Setting.values())
                .filter(setting -> settings.contains(setting) && !setting.secret())
                .map(setting -> OptionSpec.builder("--" + setting.key())
                        .type(String.class)
                        .paramLabel("VALUE")
                        .description(description(setting))
                        .build())
                .forEach(command.getCommandSpec()::addOption);
    }

    private static String description(Setting setting) {
        String otherwise = setting.otherwise().isEmpty() ? "" : "; " + setting.otherwise();
        return setting.meaning() + " (" + setting.environment() + otherwise + ")";
    }

    /** The file that a flag named, or the environment. */
    static @Nullable Path file(@Nullable Path named) {
        String file = System.getenv("AGNES_CONFIG");
        return named != null || file == null ? named : Path.of(file);
    }

    /**
     * The settings of flags, environment and file together.
     *
     * @param flagged those that are flags of the command
     */
    static Settings settings(CommandLine command, Set<Setting> flagged, @Nullable Path file) {
        return SettingsReader.read(given(command, flagged), System.getenv(), file);
    }

    private static Map<String, String> given(CommandLine command, Set<Setting> flagged) {
        Map<String, String> flags = new HashMap<>();
        for (Setting setting : flagged) {
            String value = command.getParseResult().matchedOptionValue("--" + setting.key(), null);
            if (value != null) {
                flags.put(setting.key(), value);
            }
        }
        return flags;
    }
}
