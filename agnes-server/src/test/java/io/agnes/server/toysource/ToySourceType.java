// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.toysource;

import io.agnes.core.settings.SettingsSection;
import io.agnes.core.sync.FieldProblem;
import io.agnes.core.sync.SourceEnvironment;
import io.agnes.core.sync.SourceType;
import io.agnes.core.sync.TableField;
import io.agnes.core.sync.TableSource;
import io.agnes.core.table.TableRecord;
import java.util.List;
import java.util.Map;

/** The type of {@link ToySource}. */
public final class ToySourceType implements SourceType<ToyConfig> {
    @Override
    public String name() {
        return ToyConfig.SETTINGS.name();
    }

    @Override
    public SettingsSection<ToyConfig> settings() {
        return ToyConfig.SETTINGS;
    }

    @Override
    public Map<TableField, String> requiredFields() {
        return Map.of(TableField.SOURCE_TABLE, "the number whose multiples are the rows");
    }

    @Override
    public List<FieldProblem> problems(TableRecord table) {
        List<FieldProblem> problems = SourceType.super.problems(table);
        if (problems.isEmpty() && !table.sourceTable().matches("[0-9]{1,4}")) {
            problems.add(new FieldProblem(TableField.SOURCE_TABLE, "must be a number of one to four digits"));
        }
        return problems;
    }

    @Override
    public TableSource open(ToyConfig settings, SourceEnvironment environment) {
        return new ToySource(settings);
    }
}
