// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.settings.NoSettings;
import io.agnes.core.settings.SettingsSection;
import java.util.Map;

/** The type of {@link LocalSource}. A table needs no field but its id, which names the file. */
public final class LocalSourceType implements SourceType<NoSettings> {
    private static final SettingsSection<NoSettings> SETTINGS = NoSettings.section(LocalSource.TYPE);

    @Override
    public String name() {
        return LocalSource.TYPE;
    }

    @Override
    public SettingsSection<NoSettings> settings() {
        return SETTINGS;
    }

    @Override
    public Map<TableField, String> requiredFields() {
        return Map.of();
    }

    @Override
    public boolean remote() {
        return false;
    }

    @Override
    public TableSource open(NoSettings settings, SourceEnvironment environment) {
        return new LocalSource(environment.files(), environment.dataDirectory());
    }
}
