// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.table;

import io.agnes.core.CoreException;
import io.agnes.core.parquet.SchemaField;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decides the ids of the fields of one file, for every implementation of {@link FieldIdRegistry}:
 *
 * <ol>
 *   <li>A field that the table had before keeps its id, whatever the file carries.
 *   <li>A new field keeps the id that the file carries, if it is 1 to {@link #LARGEST_CARRIED}, no other field of the file
 *       carries it, and no field of the table ever had it.
 *   <li>Other new fields get the next ids after the largest one: first the columns from left to right, then nested fields.
 * </ol>
 *
 * @param ids one for each field, in the same order
 * @param added the new ids by path, to be stored
 */
public record FieldIdAllocation(List<Integer> ids, Map<String, Integer> added) {
    /** The number of different fields of a table over time. Two schemas of the largest possible size fit. */
    public static final int MOST_FIELDS = 100_000;

    /** The largest id taken over from a file. Ids after it stay below 2,147,483,447, where Iceberg's reserved ids begin. */
    public static final int LARGEST_CARRIED = 1 << 30;

    public FieldIdAllocation {
        ids = List.copyOf(ids);
        added = Map.copyOf(added);
    }

    /**
     * Allocates ids.
     *
     * @param known the ids of the table by path
     * @throws CoreException {@code field_ids_exhausted}
     */
    public static FieldIdAllocation of(Map<String, Integer> known, List<SchemaField> fields) {
        Map<String, Integer> added = new LinkedHashMap<>();
        Set<Integer> used = new HashSet<>(known.values());
        carried(known, fields, used).forEach((path, id) -> {
            added.put(path, id);
            used.add(id);
        });
        int last = used.stream().mapToInt(Integer::intValue).max().orElse(0);
        for (boolean nested : new boolean[] {false, true}) {
            for (SchemaField field : fields) {
                if (field.isNested() == nested
                        && !known.containsKey(field.path())
                        && !added.containsKey(field.path())) {
                    added.put(field.path(), ++last);
                }
            }
        }
        long all = (long) known.size() + added.size();
        if (!added.isEmpty() && all > MOST_FIELDS) {
            throw CoreException.fieldIdsExhausted(all, MOST_FIELDS);
        }
        return new FieldIdAllocation(
                fields.stream()
                        .map(field -> known.getOrDefault(field.path(), added.getOrDefault(field.path(), 0)))
                        .toList(),
                added);
    }

    /** The ids of new fields that can stay as the file carries them. */
    private static Map<String, Integer> carried(
            Map<String, Integer> known, List<SchemaField> fields, Set<Integer> used) {
        Map<Integer, Integer> carriers = new HashMap<>();
        fields.forEach(field -> field.id().ifPresent(id -> carriers.merge(id, 1, Integer::sum)));
        Map<String, Integer> carried = new LinkedHashMap<>();
        for (SchemaField field : fields) {
            int id = field.id().orElse(0);
            boolean usable =
                    id >= 1 && id <= LARGEST_CARRIED && carriers.getOrDefault(id, 0) == 1 && !used.contains(id);
            if (usable && !known.containsKey(field.path())) {
                carried.put(field.path(), id);
            }
        }
        return carried;
    }
}
