// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which columns of an exported Parquet file hold instants. BigQuery marks TIMESTAMP columns as local times, as it does with
 * DATETIME, and TIME columns as times in UTC; only its own schema says what they are.
 */
final class Instants {
    /** The groups that writers put between a list and its elements. */
    private static final Set<String> LIST_GROUPS = Set.of("list", "element", "item", "array", "bag", "array_element");

    private Instants() {}

    /**
     * Whether the times of a column of the file are in UTC: those of a TIMESTAMP are, those of a DATETIME or a TIME are not.
     *
     * @param path the names from the outermost group to the column, with the groups that form a list
     * @return empty if it is not known
     */
    static Optional<Boolean> utc(List<SourceColumn> columns, List<String> path) {
        return column(columns, path).flatMap(column -> switch (column.type()) {
            case "TIMESTAMP" -> Optional.of(true);
            case "DATETIME", "TIME" -> Optional.of(false);
            default -> Optional.empty();
        });
    }

    private static Optional<SourceColumn> column(List<SourceColumn> columns, List<String> path) {
        if (path.isEmpty()) {
            return Optional.empty();
        }
        return columns.stream()
                .filter(column -> column.name().equals(path.getFirst()))
                .findFirst()
                .flatMap(column -> below(column, path.subList(1, path.size())));
    }

    private static Optional<SourceColumn> below(SourceColumn column, List<String> rest) {
        if (column.repeated()) {
            int groups = 0;
            while (groups < rest.size() && groups < 2 && LIST_GROUPS.contains(rest.get(groups))) {
                groups++;
            }
            // A field of the element may have the name of such a group: the shorter reading is tried too.
            for (int skipped = groups; skipped >= 0; skipped--) {
                Optional<SourceColumn> found = below(column.single(), rest.subList(skipped, rest.size()));
                if (found.isPresent()) {
                    return found;
                }
            }
            return Optional.empty();
        }
        if (column.isRange()) {
            return rest.size() == 1 && Set.of("start", "end").contains(rest.getFirst())
                    ? Optional.of(SourceColumn.scalar(rest.getFirst(), column.element()))
                    : Optional.empty();
        }
        if (column.isStruct()) {
            return column(column.fields(), rest);
        }
        return rest.isEmpty() ? Optional.of(column) : Optional.empty();
    }
}
