// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.settings;

import io.agnes.core.settings.Setting;

/**
 * A setting under the names that users give it.
 *
 * @param key in the settings file and, after two dashes, as a flag
 * @param environment the environment variable
 */
public record NamedSetting(String key, String environment, Setting<?> setting) {
    /** How a message names it: the key, and the variable in parentheses. */
    String label() {
        return key + " (" + environment + ")";
    }
}
