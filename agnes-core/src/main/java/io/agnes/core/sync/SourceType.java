// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.settings.SettingsSection;
import io.agnes.core.table.TableRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A type of source. It states everything that a server has to know: name, settings, which fields a registered table
 * needs, and how a source is opened. Implementations have no state. A source that can list its tables implements
 * {@link DiscoverySource} too.
 *
 * @param <C> the settings record
 */
public interface SourceType<C> {
    /** The {@code source_type} of its tables, and the section of its settings: lower case letters, digits and dashes. */
    String name();

    /** The settings of a source. A source is opened if the section is in use. */
    SettingsSection<C> settings();

    /** The fields that a table needs, with a description of each that continues {@code it is}. */
    Map<TableField, String> requiredFields();

    /**
     * Checks the fields of a table without asking the source. By default only whether those that are required are there.
     *
     * @return one problem for each field that is wrong; empty if all are right
     */
    default List<FieldProblem> problems(TableRecord table) {
        List<FieldProblem> problems = new ArrayList<>();
        requiredFields().forEach((field, description) -> {
            if (field.of(table).isEmpty()) {
                problems.add(new FieldProblem(field, "is missing; it is " + description));
            }
        });
        return problems;
    }

    /** The record with each part of a place in its own field, if a whole place was written into one; by default the same. */
    default TableRecord placed(TableRecord table) {
        return table;
    }

    /** Where tables come from under these settings, for the log; empty by default. */
    default String address(C settings) {
        return "";
    }

    /** Whether a source can be out of reach, and is therefore watched; true by default. */
    default boolean remote() {
        return true;
    }

    /**
     * Opens a source. The caller closes it.
     *
     * @param environment what the server lends to its sources
     */
    TableSource open(C settings, SourceEnvironment environment) throws IOException;
}
