// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A schema whose fields have the ids of their table, and its encoding. Everything else is copied as it was encoded. A schema
 * that has these ids already keeps its bytes.
 */
record SchemaWithIds(Span encoded, ParquetSchema schema) {
    private static final int NO_ID = -1;
    /** The header of a field and a varint. */
    private static final int MOST_ID_BYTES = 6;

    /**
     * Gives each field of a schema its id.
     *
     * @param encoded the list of the elements of {@code schema}
     * @param carried the ids that count as those of its fields
     * @throws io.agnes.core.AgnesException if ids cannot be given
     */
    static SchemaWithIds of(Span encoded, ParquetSchema schema, AgreedIds carried, FieldIds fieldIds) {
        List<SchemaElement> elements = schema.elements();
        int[] own = elements.stream()
                .mapToInt(element -> element.fieldId().orElse(NO_ID))
                .toArray();
        int[] ids = ids(elements, own, carried, fieldIds);
        return Arrays.equals(ids, own) ? new SchemaWithIds(encoded, schema) : written(encoded.length(), elements, ids);
    }

    private static int[] ids(List<SchemaElement> elements, int[] own, AgreedIds carried, FieldIds fieldIds) {
        @Nullable String[] paths = FieldPaths.of(elements);
        List<SchemaField> fields = new ArrayList<>();
        for (String path : paths) {
            if (path != null) {
                fields.add(new SchemaField(path, carried.of(path)));
            }
        }
        List<Integer> given = fieldIds.of(fields);
        if (given.size() != fields.size()) {
            throw new IllegalStateException(given.size() + " ids for " + fields.size() + " fields");
        }
        Set<Integer> used = new HashSet<>(given);
        int[] ids = own.clone();
        int next = 0;
        for (int i = 0; i < ids.length; i++) {
            if (paths[i] != null) {
                ids[i] = given.get(next++);
            } else if (used.contains(ids[i])) {
                // A group around an element needs no id, and may not have that of a field.
                ids[i] = NO_ID;
            }
        }
        return ids;
    }

    private static SchemaWithIds written(int length, List<SchemaElement> elements, int[] ids) {
        CompactWriter out = new CompactWriter(length + MOST_ID_BYTES * elements.size());
        out.structs(elements.size());
        for (int i = 0; i < ids.length; i++) {
            elements.get(i).write(out, ids[i]);
        }
        byte[] bytes = out.toArray();
        Span encoded = new Span(bytes, CompactReader.LIST, 0, bytes.length);
        return new SchemaWithIds(encoded, ParquetSchema.parse(encoded));
    }
}
