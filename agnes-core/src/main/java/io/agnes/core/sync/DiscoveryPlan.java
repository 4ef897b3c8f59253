// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.TableId;
import io.agnes.core.table.TableRecord;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * A finding for each table that a source lists, made before any row is written. A plan adds rows for new tables and never
 * changes a row; after it was carried out, the next plan adds none.
 *
 * @param sourceType of the source
 * @param findings one for each listed table, in the order of the source
 */
public record DiscoveryPlan(String sourceType, List<Finding> findings) {
    /** The result of comparing one listed table. */
    public sealed interface Finding {
        /** The listed table. */
        Discovered discovered();

        /** Id, name and place are free: the table can be registered. */
        record New(Discovered discovered, TableId id) implements Finding {}

        /** The table is registered, under this or another id or name. */
        record Match(Discovered discovered, TableRecord registered) implements Finding {}

        /** The registry has another table with this id or name; a person has to decide. */
        record Drift(Discovered discovered, DriftKind kind, TableRecord registered) implements Finding {}

        /**
         * The source lists another table with the same id, ignoring case, or name or place: neither is registered.
         *
         * @param field the shared field: {@code id}, {@code name} or {@code place}
         * @param other the other table, or one of several
         */
        record Collision(Discovered discovered, String field, Discovered other) implements Finding {}

        /** A field of the table is invalid. */
        record Invalid(Discovered discovered, String reason) implements Finding {}
    }

    /** The kind of difference between listing and registry. */
    public enum DriftKind {
        /** The id is registered, ignoring case, for a table at another place. */
        SAME_ID_DIFF_COORDS,
        /** Another registered table has the name. */
        NAME_COLLISION;

        /** The name in lower case, as in the contract. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The findings are copied. */
    public DiscoveryPlan {
        findings = List.copyOf(findings);
    }

    /**
     * Compares the tables that a source lists with the whole registry.
     *
     * @param registered every table, of every source
     */
    public static DiscoveryPlan of(String sourceType, List<Discovered> listed, List<TableRecord> registered) {
        DiscoveryComparison comparison = new DiscoveryComparison(sourceType, listed, registered);
        return new DiscoveryPlan(
                sourceType, listed.stream().map(comparison::finding).toList());
    }

    /** Whether a sync may discover on its own: only while no table of any source is registered. */
    public static boolean mayDiscoverUnasked(List<TableRecord> registered) {
        return registered.isEmpty();
    }

    /** The records to register: the new tables, materialized, without a description. */
    public List<TableRecord> records(String registeredBy, Instant at) {
        return findings.stream()
                .filter(Finding.New.class::isInstance)
                .map(Finding.New.class::cast)
                .map(found -> record(found, registeredBy, at))
                .toList();
    }

    private TableRecord record(Finding.New found, String registeredBy, Instant at) {
        Discovered discovered = found.discovered();
        return TableRecord.builder(found.id(), sourceType)
                .name(discovered.name())
                .bucket(discovered.bucket())
                .sourceTable(discovered.sourceTable())
                .registered(registeredBy, at)
                .build();
    }
}
