// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.TableId;
import io.agnes.core.table.TableRecord;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * What to do with the tables that a source lists, decided before anything is written. Only what is new may be written;
 * no row of the registry is ever changed, and a plan that was carried out plans nothing the next time.
 *
 * @param sourceType of the source that was asked
 * @param findings one for each table that it listed, in its order
 */
public record DiscoveryPlan(String sourceType, List<Finding> findings) {
    /** What a listed table is. */
    public sealed interface Finding {
        /** What the source said. */
        Discovered discovered();

        /** Nobody has its id, name or place: to be registered. */
        record New(Discovered discovered, TableId id) implements Finding {}

        /** Registered already, be it under another id or name. */
        record Match(Discovered discovered, TableRecord registered) implements Finding {}

        /** The registry has another table where this one would go; somebody has to decide. */
        record Drift(Discovered discovered, DriftKind kind, TableRecord registered) implements Finding {}

        /**
         * The source lists another table with the same id, in whatever case, or name or place: neither is registered.
         *
         * @param field what they share: {@code id}, {@code name} or {@code place}
         * @param other one of those
         */
        record Collision(Discovered discovered, String field, Discovered other) implements Finding {}

        /** It cannot be registered as it is. */
        record Invalid(Discovered discovered, String reason) implements Finding {}
    }

    /** How the registry differs. */
    public enum DriftKind {
        /** The id is registered, in whatever case, for a table elsewhere. */
        SAME_ID_DIFF_COORDS,
        /** The name is that of another table. */
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
     * Compares what a source lists with the whole registry. Looks at nothing else.
     *
     * @param registered every table, of every source
     */
    public static DiscoveryPlan of(String sourceType, List<Discovered> listed, List<TableRecord> registered) {
        DiscoveryComparison comparison = new DiscoveryComparison(sourceType, listed, registered);
        return new DiscoveryPlan(
                sourceType, listed.stream().map(comparison::finding).toList());
    }

    /** Whether a sync may discover unasked: only while there is no table at all, of whatever source. */
    public static boolean mayDiscoverUnasked(List<TableRecord> registered) {
        return registered.isEmpty();
    }

    /** What to register: the new ones, as materialized tables without a description. */
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
