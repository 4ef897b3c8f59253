// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.util.OptionalInt;

/**
 * A field of a schema that table formats identify by a number: a column, a group, the element of a list, or the key or the
 * value of a map. The groups that Parquet puts between a list and its element, or a map and its entries, are no fields.
 *
 * @param path names the field within its schema: the names from the outermost column on, joined by dots, with {@code []} for
 *     the element of a list and <code>{key}</code> and <code>{value}</code> for those of a map. It does not depend on how a
 *     writer stores lists and maps. A backslash escapes characters that would be ambiguous
 * @param id the number that the schema carries
 */
public record SchemaField(String path, OptionalInt id) {
    /** Whether the field is within a column. */
    public boolean isNested() {
        int dot = path.indexOf('.');
        while (dot > 0 && isEscaped(dot)) {
            dot = path.indexOf('.', dot + 1);
        }
        return dot >= 0;
    }

    /** Whether an odd number of backslashes comes before a character. */
    private boolean isEscaped(int at) {
        int from = at;
        while (from > 0 && path.charAt(from - 1) == '\\') {
            from--;
        }
        return (at - from) % 2 == 1;
    }
}
