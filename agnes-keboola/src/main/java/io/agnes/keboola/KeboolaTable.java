// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A table of a project.
 *
 * @param id bucket and name joined by a dot, such as {@code in.c-crm.orders}
 * @param bucket the bucket's id
 * @param columns in the table's order; empty if a listing lacks them
 * @param typed whether the backend keeps types; if not, every column is text there
 * @param lastImport when rows were last imported; empty if that never happened
 * @param lastChange when the table last changed in any way
 * @param rows as Keboola counts them
 * @param bytes as Keboola counts them; of the backend's storage, not of an export
 */
public record KeboolaTable(
        String id,
        String bucket,
        String name,
        String displayName,
        List<KeboolaColumn> columns,
        List<String> primaryKey,
        boolean typed,
        Optional<Instant> lastImport,
        Optional<Instant> lastChange,
        OptionalLong rows,
        OptionalLong bytes) {
    /** The names of the columns, in order. */
    public List<String> columnNames() {
        return columns.stream().map(KeboolaColumn::name).toList();
    }
}
