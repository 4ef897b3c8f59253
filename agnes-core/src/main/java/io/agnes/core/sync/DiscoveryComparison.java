// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.Problems;
import io.agnes.core.TableId;
import io.agnes.core.sync.DiscoveryPlan.DriftKind;
import io.agnes.core.sync.DiscoveryPlan.Finding;
import io.agnes.core.table.TableRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Compares each listed table with the registry and with the other listed tables. */
final class DiscoveryComparison {
    private record Place(String sourceType, String bucket, String sourceTable) {
        static Place of(TableRecord table) {
            return new Place(table.sourceType(), table.bucket(), table.sourceTable());
        }
    }

    private final String sourceType;
    private final Map<String, TableRecord> byId;
    private final Map<String, TableRecord> byName;
    private final Map<Place, TableRecord> byPlace;
    private final Map<String, List<Discovered>> listedById;
    private final Map<String, List<Discovered>> listedByName;
    private final Map<Place, List<Discovered>> listedByPlace;

    DiscoveryComparison(String sourceType, List<Discovered> listed, List<TableRecord> registered) {
        this.sourceType = sourceType;
        byId = firsts(registered, table -> table.id().folded());
        byName = firsts(registered, TableRecord::name);
        byPlace = firsts(registered, Place::of);
        List<Discovered> valid =
                listed.stream().filter(table -> problem(table).isEmpty()).toList();
        listedById = valid.stream().collect(Collectors.groupingBy(DiscoveryComparison::folded));
        listedByName = valid.stream().collect(Collectors.groupingBy(Discovered::name));
        listedByPlace = valid.stream().collect(Collectors.groupingBy(this::place));
    }

    private static <K> Map<K, TableRecord> firsts(List<TableRecord> tables, Function<TableRecord, K> key) {
        Map<K, TableRecord> firsts = new HashMap<>();
        tables.forEach(table -> firsts.putIfAbsent(key.apply(table), table));
        return firsts;
    }

    private Place place(Discovered table) {
        return new Place(sourceType, table.bucket(), table.sourceTable());
    }

    private static String folded(Discovered table) {
        return table.proposedId().toLowerCase(Locale.ROOT);
    }

    /** Returns the first finding that applies: invalid, match, drift, collision, new. */
    Finding finding(Discovered table) {
        Optional<String> problem = problem(table);
        if (problem.isPresent()) {
            return new Finding.Invalid(table, problem.get());
        }
        TableRecord same = byPlace.get(place(table));
        if (same != null) {
            return new Finding.Match(table, same);
        }
        TableRecord elsewhere = byId.get(folded(table));
        if (elsewhere != null) {
            return new Finding.Drift(table, DriftKind.SAME_ID_DIFF_COORDS, elsewhere);
        }
        TableRecord namesake = byName.get(table.name());
        if (namesake != null) {
            return new Finding.Drift(table, DriftKind.NAME_COLLISION, namesake);
        }
        return collision(table).orElseGet(() -> new Finding.New(table, new TableId(table.proposedId())));
    }

    private Optional<Finding> collision(Discovered table) {
        List<Discovered> alone = List.of(table);
        return collision(table, "id", listedById.getOrDefault(folded(table), alone))
                .or(() -> collision(table, "name", listedByName.getOrDefault(table.name(), alone)))
                .or(() -> collision(table, "place", listedByPlace.getOrDefault(place(table), alone)));
    }

    private static Optional<Finding> collision(Discovered table, String field, List<Discovered> sharing) {
        if (sharing.size() == 1) {
            return Optional.empty();
        }
        Discovered other = sharing.getFirst().equals(table) ? sharing.get(1) : sharing.getFirst();
        return Optional.of(new Finding.Collision(table, field, other));
    }

    private static Optional<String> problem(Discovered table) {
        List<String> found = new Problems("discovered")
                .require(TableId.parse(table.proposedId()).isPresent(), "id must be " + TableId.GRAMMAR)
                .require(!table.name().isBlank(), "name must not be blank")
                .require(!table.bucket().isBlank(), "bucket must not be blank")
                .require(!table.sourceTable().isBlank(), "source table must not be blank")
                .found();
        return found.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", found));
    }
}
