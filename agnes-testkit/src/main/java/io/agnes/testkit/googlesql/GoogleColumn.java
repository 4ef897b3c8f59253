// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit.googlesql;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A column of a table or a field of a STRUCT.
 *
 * @param required whether NULL is not allowed
 * @param description the option {@code description}; null if there is none
 */
public record GoogleColumn(
        String name,
        GoogleType type,
        boolean required,
        @Nullable String description) {

    /**
     * Reads columns as in {@code CREATE TABLE}: {@code id INT64 NOT NULL, tags ARRAY<STRING>, address STRUCT<city STRING>}.
     *
     * @throws InvalidQueryException if the text is not a list of columns
     */
    public static List<GoogleColumn> list(String ddl) {
        return new TypeReader(ddl).columns();
    }
}
