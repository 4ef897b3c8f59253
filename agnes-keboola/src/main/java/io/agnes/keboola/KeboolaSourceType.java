// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.settings.SettingsSection;
import io.agnes.core.sync.FieldProblem;
import io.agnes.core.sync.SourceEnvironment;
import io.agnes.core.sync.SourceType;
import io.agnes.core.sync.TableField;
import io.agnes.core.sync.TableSource;
import io.agnes.core.table.TableRecord;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The type of {@link KeboolaSource}: settings, required fields, opening. */
public final class KeboolaSourceType implements SourceType<KeboolaConfig> {
    @Override
    public String name() {
        return KeboolaSource.TYPE;
    }

    @Override
    public SettingsSection<KeboolaConfig> settings() {
        return KeboolaConfig.SETTINGS;
    }

    @Override
    public Map<TableField, String> requiredFields() {
        return Map.of(
                TableField.BUCKET,
                "the id of a bucket, as in.c-crm",
                TableField.SOURCE_TABLE,
                "the name of a table in the bucket");
    }

    /** Checks the filter too. */
    @Override
    public List<FieldProblem> problems(TableRecord table) {
        List<FieldProblem> problems = SourceType.super.problems(table);
        try {
            // Whether a placeholder is known does not depend on the day.
            KeboolaSource.filter(table).resolved(Instant.EPOCH);
        } catch (KeboolaException e) {
            problems.add(new FieldProblem(TableField.SOURCE_QUERY, String.valueOf(e.getMessage())));
        }
        return problems;
    }

    @Override
    public String address(KeboolaConfig settings) {
        return settings.stack().toString();
    }

    @Override
    public TableSource open(KeboolaConfig settings, SourceEnvironment environment) {
        return KeboolaSource.of(settings, KeboolaClient.of(settings), environment.fieldIds());
    }
}
