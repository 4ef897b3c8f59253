// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.table;

import io.agnes.core.TableId;
import io.agnes.core.parquet.FieldIds;
import io.agnes.core.parquet.SchemaField;
import java.util.List;

/**
 * Stores the ids of the fields of tables. A field keeps its id as long as its table is registered, also over versions that
 * lack it; a field under another path is another field. No id is given to two fields of a table, not even after the first is
 * gone. Ids of a table are removed with the table. Safe for use by several threads and processes. A failure is a
 * {@link io.agnes.core.RegistryFailedException} and changes nothing.
 */
public interface FieldIdRegistry {
    /**
     * The ids of the fields of one file, in the same order. New fields get theirs as {@link FieldIdAllocation} says, and these
     * are stored durably before this returns.
     *
     * @throws io.agnes.core.RegistryFailedException if the table is not registered
     * @throws io.agnes.core.CoreException {@code field_ids_exhausted}
     */
    List<Integer> assign(TableId table, List<SchemaField> fields);

    /** The ids of one table. */
    default FieldIds of(TableId table) {
        return fields -> assign(table, fields);
    }
}
