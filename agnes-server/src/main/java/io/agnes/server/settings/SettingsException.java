// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.settings;

import io.agnes.core.AgnesException;
import java.util.List;

/** What is wrong with the settings, all of it at once. */
public final class SettingsException extends AgnesException {
    private static final long serialVersionUID = 1L;

    private SettingsException(String code, String message) {
        super(Kind.REQUEST, code, message, null);
    }

    static SettingsException unknown(List<String> unknown) {
        return new SettingsException("setting_unknown", String.join(" ", unknown));
    }

    static SettingsException invalid(List<String> problems) {
        return new SettingsException("setting_invalid", "settings: " + String.join("; ", problems));
    }

    static SettingsException unreadable(String file, String why) {
        return new SettingsException("settings_unreadable", "settings file " + file + " cannot be read: " + why);
    }
}
