// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds, part by part, columns whose values a rewrite could not keep. */
final class RewriteCheck {
    private static final String KEPT = "a type that a rewrite keeps";

    /**
     * A top-level column of the parts checked so far.
     *
     * @param part the part in which it was found
     * @param shown its type for messages
     * @param type the type that holds the values of all parts so far
     * @param nested the leaves of a group as text; empty for a flat column
     */
    private record KnownColumn(String name, String part, String shown, ValueType type, String nested) {}

    private final Map<String, KnownColumn> columns = new LinkedHashMap<>();
    private final Map<String, String> folded = new LinkedHashMap<>();
    private final List<Reason> reasons = new ArrayList<>();
    private final List<ParquetFile> files = new ArrayList<>();
    private @Nullable ParquetSchema last;

    void refuse(Reason reason) {
        if (reasons.size() < ParquetLimits.FINDINGS) {
            reasons.add(reason);
        }
    }

    void add(String part, ParquetFile file) {
        files.add(file);
        if (last == null || !file.schema().sameAs(last)) {
            last = file.schema();
            check(part, file.schema());
        }
    }

    private void check(String part, ParquetSchema schema) {
        Set<List<String>> paths = new LinkedHashSet<>();
        Map<String, List<ParquetColumn>> tops = new LinkedHashMap<>();
        for (ParquetColumn column : schema.columns()) {
            if (!paths.add(column.path().stream().map(RewriteCheck::fold).toList())) {
                refuse(unclear(
                        part, column, "its name differs from another column's only in case", "a name of its own"));
            }
            tops.computeIfAbsent(column.path().getFirst(), name -> new ArrayList<>())
                    .add(column);
        }
        for (String group : schema.unknownGroups()) {
            refuse(new Reason.MeaningUnclear(
                    part, ParquetLimits.quoted(group), "a rewrite would not keep this group", KEPT, "another group"));
        }
        tops.forEach((name, leaves) -> check(part, name, leaves));
    }

    private void check(String part, String name, List<ParquetColumn> leaves) {
        ParquetColumn first = leaves.getFirst();
        String alike = folded.putIfAbsent(fold(name), name);
        if (alike != null && !alike.equals(name)) {
            refuse(unclear(part, first, "names differ in case alone", ParquetLimits.quoted(alike)));
            return;
        }
        boolean flat = leaves.size() == 1
                && first.path().size() == 1
                && !first.repetition().equals("repeated");
        for (ParquetColumn leaf : leaves) {
            Optional<ValueType> type = ValueType.of(leaf);
            if (type.isEmpty() || (!flat && leaf.physicalType().equals("int96"))) {
                refuse(unclear(part, leaf, "a rewrite would change such values", KEPT));
                return;
            }
        }
        KnownColumn now = new KnownColumn(
                name,
                part,
                flat ? type(first) : "nested",
                ValueType.of(first).orElseThrow(),
                flat ? "" : nested(leaves));
        KnownColumn before = columns.putIfAbsent(name, now);
        if (before != null) {
            unite(before, now, first);
        }
    }

    private void unite(KnownColumn before, KnownColumn now, ParquetColumn column) {
        Optional<ValueType> both = before.nested.equals(now.nested)
                ? now.nested.isEmpty() ? ValueType.union(before.type, now.type) : Optional.of(before.type)
                : Optional.empty();
        if (both.isEmpty()) {
            refuse(unclear(
                    now.part,
                    column,
                    "no type holds the values of both as they are",
                    before.shown + " as in " + before.part));
        } else if (!both.get().equals(before.type)) {
            columns.put(now.name, new KnownColumn(now.name, now.part, now.shown, both.get(), ""));
        }
    }

    RewritePlan plan() {
        if (!reasons.isEmpty()) {
            return new RewritePlan.Refused(reasons);
        }
        List<RewritePlan.Column> united = columns.values().stream()
                .map(known -> new RewritePlan.Column(
                        known.name,
                        known.nested.isEmpty() ? known.type.sql() : "",
                        known.type.equals(new ValueType.Plain("int96", "TIMESTAMP"))))
                .toList();
        return new RewritePlan.Possible(
                united, files.stream().mapToLong(ParquetFile::rows).sum(), files);
    }

    private static Reason unclear(String part, ParquetColumn column, String problem, String expected) {
        return new Reason.MeaningUnclear(part, ParquetLimits.quoted(column.name()), problem, expected, type(column));
    }

    private static String type(ParquetColumn column) {
        return column.logicalType().isEmpty()
                ? column.physicalType()
                : column.physicalType() + " (" + column.logicalType() + ")";
    }

    private static String nested(List<ParquetColumn> leaves) {
        return leaves.stream()
                .map(leaf -> leaf.path() + " " + leaf.physicalType() + " " + leaf.logicalType())
                .toList()
                .toString();
    }

    private static String fold(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
