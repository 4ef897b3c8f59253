// SPDX-License-Identifier: Apache-2.0
/**
 * Descriptions of settings. A settings record declares a {@link io.agnes.core.settings.Setting} for each of its components
 * and joins them in a {@link io.agnes.core.settings.SettingsSection}. Checks, help, documentation and the JSON Schema of
 * the settings file are made from these descriptions. All types are immutable, except
 * {@link io.agnes.core.settings.SettingValues}.
 */
package io.agnes.core.settings;
