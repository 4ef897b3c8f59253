// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.toysource;

import io.agnes.core.Problems;
import io.agnes.core.settings.Setting;
import io.agnes.core.settings.SettingType;
import io.agnes.core.settings.SettingsSection;
import java.util.List;

/**
 * Settings of the toy source.
 *
 * @param rows rows of each table
 */
record ToyConfig(int rows) {
    private static final Setting<Integer> ROWS =
            Setting.required("rows", new SettingType.WholeNumber(1, 1000), "rows of each table");

    static final SettingsSection<ToyConfig> SETTINGS =
            new SettingsSection<>("toy", List.of(ROWS), values -> new ToyConfig(values.get(ROWS)));

    ToyConfig {
        Problems problems = new Problems("toy");
        ROWS.check(problems, rows);
        problems.throwIfAny();
    }
}
