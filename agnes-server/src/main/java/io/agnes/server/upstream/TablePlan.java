// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.upstream;

import io.agnes.core.TableId;
import io.agnes.core.table.QueryMode;
import io.agnes.core.table.TableRecord;
import io.agnes.core.table.TableRegistry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Decides which tables are added. A table that exists here with the same place in the same source stays unchanged.
 *
 * @param added to be written
 * @param usable the entry that will be here for each table there, by its id there: written, or here already
 */
record TablePlan(List<Finding> findings, List<TableRecord> added, Map<String, TableRegistry.Entry> usable) {
    TablePlan {
        findings = List.copyOf(findings);
        added = List.copyOf(added);
        usable = Map.copyOf(usable);
    }

    static TablePlan of(List<UpstreamData.Table> theirs, List<TableRegistry.Entry> ours, Instant now) {
        return new Planner(theirs, ours, now).plan();
    }

    private static final class Planner {
        private final List<UpstreamData.Table> theirs;
        private final Instant now;
        private final Map<String, TableRegistry.Entry> byId = new HashMap<>();
        private final Map<String, TableRegistry.Entry> byName = new HashMap<>();
        private final Map<String, Long> theirIds;
        private final Map<String, Long> theirNames;
        private final List<Finding> findings = new ArrayList<>();
        private final List<TableRecord> added = new ArrayList<>();
        private final Map<String, TableRegistry.Entry> usable = new HashMap<>();

        Planner(List<UpstreamData.Table> theirs, List<TableRegistry.Entry> ours, Instant now) {
            this.theirs = theirs;
            this.now = now;
            this.theirIds = counted(theirs, table -> folded(table.id()));
            this.theirNames = counted(theirs, UpstreamData.Table::name);
            for (TableRegistry.Entry entry : ours) {
                byId.put(entry.table().id().folded(), entry);
                byName.put(entry.table().name(), entry);
            }
        }

        private static Map<String, Long> counted(
                List<UpstreamData.Table> theirs, Function<UpstreamData.Table, String> key) {
            return theirs.stream().collect(Collectors.groupingBy(key, Collectors.counting()));
        }

        private static String folded(String id) {
            return id.toLowerCase(Locale.ROOT);
        }

        TablePlan plan() {
            for (UpstreamData.Table table : theirs) {
                Verdict verdict = verdict(table);
                findings.add(new Finding(Finding.Kind.TABLE, table.id(), verdict));
            }
            return new TablePlan(findings, added, usable);
        }

        private Verdict verdict(UpstreamData.Table table) {
            return switch (TableMapping.of(table, now)) {
                case TableMapping.Mapped.Unfit unfit -> new Verdict.Conflict(unfit.reason());
                case TableMapping.Mapped.Foreign foreign -> new Verdict.LeftOut(foreign.reason());
                case TableMapping.Mapped.Fit fit -> verdict(table, fit.table(), fit.note());
            };
        }

        private Verdict verdict(UpstreamData.Table theirs, TableRecord table, String note) {
            TableRegistry.Entry holder = byId.get(table.id().folded());
            if (holder != null) {
                return held(theirs, table, holder);
            }
            Optional<String> ambiguous = ambiguous(theirs, table.queryMode());
            if (ambiguous.isPresent()) {
                return new Verdict.Conflict(ambiguous.get());
            }
            TableRegistry.Entry namesake = byName.get(table.name());
            if (namesake != null) {
                return new Verdict.Conflict("name " + Finding.printable(table.name()) + " is that of table "
                        + namesake.table().id());
            }
            added.add(table);
            usable.put(theirs.id(), new TableRegistry.Entry(table, Optional.empty()));
            return new Verdict.New(note);
        }

        private Verdict held(UpstreamData.Table theirs, TableRecord table, TableRegistry.Entry holder) {
            TableId id = holder.table().id();
            if (!id.equals(table.id())) {
                return new Verdict.Conflict("id is that of table " + id + " but for its case");
            }
            if (!isSamePlace(table, holder.table())) {
                return new Verdict.Conflict("id is that of a table at " + place(holder.table()));
            }
            usable.put(theirs.id(), holder);
            return new Verdict.Present(isAlike(table, holder.table()) ? "" : "differs here, and is kept as it is");
        }

        /** Neither is added, as either may be the right one. */
        private Optional<String> ambiguous(UpstreamData.Table table, QueryMode mode) {
            if (theirIds.getOrDefault(folded(table.id()), 0L) > 1) {
                return Optional.of("another table there has this id but for its case");
            }
            if (theirNames.getOrDefault(table.name(), 0L) > 1) {
                return Optional.of("another table there has the name " + Finding.printable(table.name()));
            }
            long namesakes =
                    theirNames.getOrDefault(table.id(), 0L) - (table.name().equals(table.id()) ? 1 : 0);
            if (mode == QueryMode.LOCAL && namesakes > 0) {
                return Optional.of("another table there has this id for its name, and so its file may be the other's");
            }
            return Optional.empty();
        }

        /** A table with another filter has another place: grants were given for the filtered rows. */
        private static boolean isSamePlace(TableRecord one, TableRecord other) {
            return one.sourceType().equals(other.sourceType())
                    && one.bucket().equals(other.bucket())
                    && one.sourceTable().equals(other.sourceTable())
                    && Objects.equals(one.sourceQuery(), other.sourceQuery());
        }

        private static String place(TableRecord table) {
            String query = table.sourceQuery() == null ? "" : ", with the query " + table.sourceQuery();
            return Finding.printable(table.sourceType() + " " + table.bucket() + "." + table.sourceTable() + query);
        }

        private static boolean isAlike(TableRecord one, TableRecord other) {
            return one.toBuilder()
                    .columnTypes(other.columnTypes())
                    .emptyAsNull(other.emptyAsNull())
                    .allowEmpty(other.allowEmpty())
                    .registered(other.registeredBy(), other.registeredAt())
                    .revision(other.revision(), other.updatedAt())
                    .build()
                    .equals(other);
        }
    }
}
