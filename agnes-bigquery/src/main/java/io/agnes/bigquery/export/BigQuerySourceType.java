// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import io.agnes.bigquery.BigQueryConfig;
import io.agnes.bigquery.metadata.BigQueryDiscovery;
import io.agnes.bigquery.metadata.BigQueryRegistration;
import io.agnes.core.settings.SettingsSection;
import io.agnes.core.sync.FieldProblem;
import io.agnes.core.sync.SourceEnvironment;
import io.agnes.core.sync.SourceType;
import io.agnes.core.sync.TableField;
import io.agnes.core.sync.TableSource;
import io.agnes.core.table.TableRecord;
import java.util.List;
import java.util.Map;

/** The type of {@link BigQuerySource}: settings, required fields, opening. */
public final class BigQuerySourceType implements SourceType<BigQueryConfig> {
    @Override
    public String name() {
        return BigQueryDiscovery.TYPE;
    }

    @Override
    public SettingsSection<BigQueryConfig> settings() {
        return BigQueryConfig.SETTINGS;
    }

    /** None of a table with a {@code source_query}. */
    @Override
    public Map<TableField, String> requiredFields() {
        return Map.of(
                TableField.BUCKET,
                "a dataset, as sales, or project.dataset",
                TableField.SOURCE_TABLE,
                "the name of a table or view in the dataset");
    }

    @Override
    public List<FieldProblem> problems(TableRecord table) {
        return BigQueryRegistration.problems(table);
    }

    /** Splits a whole {@code project.dataset.table} that was pasted into {@code source_table}. */
    @Override
    public TableRecord placed(TableRecord table) {
        return BigQueryRegistration.split(table);
    }

    @Override
    public String address(BigQueryConfig settings) {
        return "project " + settings.project();
    }

    @Override
    public TableSource open(BigQueryConfig settings, SourceEnvironment environment) {
        return BigQuerySource.of(settings, BigQueryExport.of(settings, environment.time()), environment.fieldIds());
    }
}
