// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.settings;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/** The values that a settings record is made of, each within its own bounds. Not safe for use by several threads. */
public final class SettingValues {
    private final Map<Setting<?>, Object> values = new HashMap<>();
    private final BiConsumer<Setting<?>, String> problems;
    private boolean refused;

    SettingValues(BiConsumer<Setting<?>, String> problems) {
        this.problems = problems;
    }

    <T> void put(Setting<T> setting, T value) {
        values.put(setting, value);
    }

    boolean refused() {
        return refused;
    }

    /**
     * The value of a setting; its default if it is not set.
     *
     * @throws java.util.NoSuchElementException if the setting is required and not set
     */
    @SuppressWarnings("unchecked") // put() keeps the types together
    public <T> T get(Setting<T> setting) {
        T value = (T) values.get(setting);
        return value == null ? setting.value() : value;
    }

    /**
     * Refuses the values unless the condition holds: for bounds that several settings have together.
     *
     * @param problem continues the name of the setting, as in {@code must be at most 5}
     */
    public void require(Setting<?> setting, boolean condition, String problem) {
        if (!condition) {
            refuse(setting, problem);
        }
    }

    void refuse(Setting<?> setting, String problem) {
        refused = true;
        problems.accept(setting, problem);
    }
}
