// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Lists what a rewritten file lost: storage types, columns of single parts, key-values. */
final class RewriteNotes {
    private final RewritePlan.Possible plan;
    private final ParquetFile rewritten;
    private final Set<Note> notes = new LinkedHashSet<>();

    RewriteNotes(RewritePlan.Possible plan, ParquetFile rewritten) {
        this.plan = plan;
        this.rewritten = rewritten;
    }

    List<Note> notes() {
        Map<List<String>, String> now = leaves(rewritten.schema());
        ParquetSchema last = null;
        int number = 0;
        for (ParquetFile part : plan.parts()) {
            number++;
            if (last == null || !part.schema().sameAs(last)) {
                last = part.schema();
                leaves(last).forEach((path, was) -> stored(path, was, now.get(path)));
                absent(part, number);
            }
            keyValues(part);
        }
        return notes.stream().limit(ParquetLimits.FINDINGS).toList();
    }

    private static Map<List<String>, String> leaves(ParquetSchema schema) {
        Map<List<String>, String> leaves = new LinkedHashMap<>();
        List<String> lines = schema.columnLines();
        for (int i = 0; i < lines.size(); i++) {
            leaves.put(schema.columns().get(i).path(), lines.get(i));
        }
        return leaves;
    }

    private void stored(List<String> path, String was, @Nullable String now) {
        if (!was.equals(now)) {
            notes.add(new Note.StoredDifferently(
                    ParquetLimits.quoted(String.join(".", path)),
                    ParquetLimits.quoted(was),
                    now == null ? "" : ParquetLimits.quoted(now)));
        }
    }

    private void absent(ParquetFile part, int number) {
        for (RewritePlan.Column column : plan.columns()) {
            if (!column.isIn(part)) {
                notes.add(new Note.ColumnAbsent(ParquetLimits.quoted(column.name()), number));
            }
        }
    }

    private void keyValues(ParquetFile part) {
        for (String key : part.keyValues().keySet()) {
            if (!rewritten.keyValues().containsKey(key)) {
                notes.add(new Note.KeyValueDropped(ParquetLimits.quoted(key), "a rewrite keeps rows and columns"));
            }
        }
    }
}
