// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/** The field ids on which several files agree. A field on whose id two files differ, or that one of them gives none, has none. */
final class AgreedIds {
    private static final int NONE = -1;

    private final Map<String, Integer> ids = new HashMap<>();

    static AgreedIds of(Iterable<ParquetSchema> schemas) {
        AgreedIds agreed = new AgreedIds();
        schemas.forEach(agreed::add);
        return agreed;
    }

    void add(ParquetSchema schema) {
        for (SchemaField field : schema.fields()) {
            ids.merge(field.path(), field.id().orElse(NONE), (one, other) -> one.equals(other) ? one : NONE);
        }
    }

    OptionalInt of(String path) {
        int id = ids.getOrDefault(path, NONE);
        return id == NONE ? OptionalInt.empty() : OptionalInt.of(id);
    }
}
