// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.util.List;

/** Identifies the fields of one table by numbers that stay the same in every file of the table. */
@FunctionalInterface
public interface FieldIds {
    /**
     * The ids of the fields of one file, one for each field in the same order. A field that was never seen gets an id that no
     * other field of the table ever had. The ids are stored durably before this returns.
     *
     * @throws io.agnes.core.AgnesException if they cannot be stored, or if the table has too many fields
     */
    List<Integer> of(List<SchemaField> fields);
}
