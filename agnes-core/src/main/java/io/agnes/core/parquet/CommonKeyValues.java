// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import io.agnes.core.parquet.FileFooter.KeyValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Selects the key-values of the merged file: those that all parts have with the same value. Two keys are decoded and
 * adapted: {@code pandas}, whose index may count the rows of one file, and {@code ARROW:schema}, which holds a copy of all
 * key-values.
 */
final class CommonKeyValues {
    private static final String PANDAS = "pandas";
    private static final String ARROW = "ARROW:schema";
    private static final String GEO = "geo";
    /** The box around the shapes of one file, which GeoParquet allows to leave out, with the comma that parts it from others. */
    private static final Pattern BOUNDS =
            Pattern.compile(",\\s*\"bbox\"\\s*:\\s*\\[[^\\]]*\\]|\"bbox\"\\s*:\\s*\\[[^\\]]*\\]\\s*,?");

    /** Readers take types from these keys. A difference is a reason for a rewrite, not a key to drop. */
    private static final Set<String> TYPES = Set.of(ARROW, GEO);

    private final Map<String, KeyValue> kept = new LinkedHashMap<>();
    private final Map<String, String> dropped = new LinkedHashMap<>();
    private final List<Reason> reasons = new ArrayList<>();
    private final CommonPandas pandas = new CommonPandas();
    private @Nullable TypeMetadata first;
    /** The key-values inside {@code ARROW:schema} that all parts have with the same value. */
    private final Map<String, String> embedded = new LinkedHashMap<>();

    private CommonKeyValues() {}

    static CommonKeyValues of(List<Tail> tails) {
        CommonKeyValues common = new CommonKeyValues();
        FileFooter before = tails.get(0).footer();
        TypeMetadata types = TypeMetadata.of(before);
        common.begin(before.keyValueList(), types);
        for (Tail tail : tails) {
            FileFooter footer = tail.footer();
            if (!Span.same(footer.keyValues(), before.keyValues())) {
                types = TypeMetadata.of(footer);
                common.retain(tail.part(), footer.keyValueList());
                common.retain(tail.part(), types);
            }
            common.pandas.add(types.pandas(), footer.rows());
            before = footer;
        }
        common.finish();
        return common;
    }

    /**
     * The key-values of a part that describe its types and rows.
     *
     * @param arrow the value of {@code ARROW:schema}, null if absent
     * @param schema the decoded value, null if absent or of an unknown form
     * @param pandas the value of {@code pandas}, from the footer or from {@code schema}; null if absent in both
     */
    private record TypeMetadata(
            @Nullable String arrow,
            @Nullable ArrowSchema schema,
            @Nullable String pandas) {
        static TypeMetadata of(FileFooter footer) {
            Map<String, String> values = new HashMap<>();
            footer.keyValueList().forEach(entry -> values.put(entry.key(), entry.text()));
            String arrow = values.get(ARROW);
            ArrowSchema schema = arrow == null ? null : ArrowSchema.parse(arrow).orElse(null);
            String inside = schema == null ? null : schema.metadata().get(PANDAS);
            return new TypeMetadata(arrow, schema, values.getOrDefault(PANDAS, inside));
        }

        boolean sameTypes(TypeMetadata other) {
            return Objects.equals(arrow, other.arrow)
                    || (schema != null && other.schema != null && schema.sameTypes(other.schema));
        }
    }

    private void begin(List<KeyValue> all, TypeMetadata types) {
        for (KeyValue entry : all) {
            if (kept.put(entry.key(), entry) != null) {
                dropped.put(entry.key(), "it comes twice");
            }
        }
        kept.keySet().removeAll(dropped.keySet());
        first = types;
        if (types.schema() != null) {
            embedded.putAll(types.schema().metadata());
        }
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
            if (entry.key().equals(GEO) && other != null && !Span.same(entry.value(), other.value())) {
                retainGeo(part, unbounded(entry), unbounded(other));
            } else if (!isDecoded(entry.key()) && (other == null || !Span.same(entry.value(), other.value()))) {
                drop(part, entry.key(), "it differs between parts");
            }
        }
        Set<String> more = new HashSet<>(theirs.keySet());
        more.removeAll(kept.keySet());
        more.stream().filter(key -> !isDecoded(key)).sorted().forEach(key -> drop(part, key, "not all parts have it"));
    }

    /** The boxes of two parts differ as a rule, and say nothing of a type. */
    private void retainGeo(String part, String mine, String theirs) {
        if (mine.equals(theirs)) {
            replace(GEO, mine);
            dropped.putIfAbsent("bbox of " + GEO, "it differs between parts");
        } else {
            drop(part, GEO, "it differs between parts");
        }
    }

    private static String unbounded(KeyValue geo) {
        return BOUNDS.matcher(geo.text()).replaceAll("");
    }

    private static boolean isDecoded(String key) {
        return key.equals(PANDAS) || key.equals(ARROW);
    }

    private void retain(String part, TypeMetadata types) {
        if (first == null || !types.sameTypes(first)) {
            drop(part, ARROW, "it differs between parts");
        } else if (types.schema() != null) {
            Map<String, String> theirs = types.schema().metadata();
            for (Map.Entry<String, String> entry : Map.copyOf(embedded).entrySet()) {
                String key = entry.getKey();
                if (!key.equals(PANDAS) && !entry.getValue().equals(theirs.get(key))) {
                    embedded.remove(key);
                    dropped.putIfAbsent(key, "it differs between parts");
                }
            }
        }
    }

    private void drop(String part, String key, String why) {
        kept.remove(key);
        if (dropped.putIfAbsent(key, why) == null && TYPES.contains(key)) {
            reasons.add(new Reason.PropertyDiffers(
                    part, "key-value " + ParquetLimits.quoted(key), "that of the first part", "another or none"));
        }
    }

    /** Adapts {@code pandas} and {@code ARROW:schema} to the merged file. */
    private void finish() {
        Optional<String> value = pandas.merged();
        pandas.dropped().ifPresent(why -> dropped.putIfAbsent(PANDAS, why));
        replace(PANDAS, value.orElse(null));
        if (first == null || first.schema() == null || !kept.containsKey(ARROW)) {
            return;
        }
        embedded.keySet().removeAll(dropped.keySet());
        value.ifPresent(text -> embedded.replace(PANDAS, text));
        if (!embedded.equals(first.schema().metadata())) {
            Optional<String> changed = first.schema().with(embedded);
            changed.ifPresentOrElse(
                    text -> replace(ARROW, text),
                    () -> reasons.add(new Reason.PropertyDiffers(
                            "", "key-value " + ARROW, "one that is true of all parts", "that of the first part")));
        }
    }

    /** @param value null to remove the key */
    private void replace(String key, @Nullable String value) {
        KeyValue old = kept.get(key);
        if (value == null) {
            kept.remove(key);
        } else if (old != null && !old.text().equals(value)) {
            kept.put(key, KeyValue.of(key, value));
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
        pandas.note().ifPresent(notes::add);
        return notes;
    }
}
