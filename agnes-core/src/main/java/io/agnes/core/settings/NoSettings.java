// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.settings;

import java.util.List;

/** The settings of what has none. */
public record NoSettings() {
    /** A section without settings, which is always in use. */
    public static SettingsSection<NoSettings> section(String name) {
        return new SettingsSection<>(name, List.of(), values -> new NoSettings());
    }
}
