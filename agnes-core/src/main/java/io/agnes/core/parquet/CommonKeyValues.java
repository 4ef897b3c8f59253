package io.agnes.core.parquet;

import io.agnes.core.parquet.FileFooter.KeyValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which key-values of the parts are true of the merged file: those that all parts have with the same value. */
final class CommonKeyValues {
    /** May hold the row range of one file, so it is true of none but that. */
    private static final String PANDAS = "pandas";

    /** Readers take types from these, so they are not dropped where they differ. An equal bounding box is its own union. */
    private static final Set<String> TYPES = Set.of("ARROW:schema", "geo");

    private final Map<String, KeyValue> kept = new LinkedHashMap<>();
    private final Map<String, String> dropped = new LinkedHashMap<>();
    private final List<Reason> reasons = new ArrayList<>();

    private CommonKeyValues() {}

    static CommonKeyValues of(List<Tail> tails) {
        CommonKeyValues common = new CommonKeyValues();
        FileFooter before = tails.get(0).footer();
        common.begin(before.keyValueList());
        for (Tail tail : tails.subList(1, tails.size())) {
            FileFooter footer = tail.footer();
            if (!Span.same(footer.keyValues(), before.keyValues())) {
                common.retain(tail.part(), footer.keyValueList());
            }
            before = footer;
        }
        return common;
    }

    private void begin(List<KeyValue> all) {
        for (KeyValue entry : all) {
            if (kept.put(entry.key(), entry) != null) {
                dropped.put(entry.key(), "it comes twice");
            }
        }
        if (kept.containsKey(PANDAS)) {
            dropped.put(PANDAS, "it describes one part");
        }
        kept.keySet().removeAll(dropped.keySet());
    }

    private void retain(String part, List<KeyValue> all) {
        Map<String, KeyValue> theirs = new HashMap<>();
        for (KeyValue entry : all) {
            if (theirs.put(entry.key(), entry) != null) {
                drop(part, entry.key(), "it comes twice");
            }
        }
        for (KeyValue entry : List.copyOf(kept.values())) {
            KeyValue other = theirs.get(entry.key());
            if (other == null || !Span.same(entry.value(), other.value())) {
                drop(part, entry.key(), "it differs between parts");
            }
        }
        Set<String> more = new HashSet<>(theirs.keySet());
        more.removeAll(kept.keySet());
        more.stream().sorted().forEach(key -> drop(part, key, "not all parts have it"));
    }

    private void drop(String part, String key, String why) {
        kept.remove(key);
        if (dropped.putIfAbsent(key, why) == null && TYPES.contains(key)) {
            reasons.add(new Reason.PropertyDiffers(
                    part, "key-value " + ParquetLimits.quoted(key), "that of the first part", "another or none"));
        }
    }

    List<Reason> reasons() {
        return reasons;
    }

    List<Span> kept() {
        return kept.values().stream().map(KeyValue::whole).toList();
    }

    List<Note> notes() {
        List<Note> notes = new ArrayList<>();
        dropped.forEach((key, why) -> notes.add(new Note.KeyValueDropped(key, why)));
        return notes;
    }
}
