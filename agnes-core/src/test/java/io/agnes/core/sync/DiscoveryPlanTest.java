// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.TableId;
import io.agnes.core.sync.DiscoveryPlan.DriftKind;
import io.agnes.core.sync.DiscoveryPlan.Finding;
import io.agnes.core.table.QueryMode;
import io.agnes.core.table.TableRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiscoveryPlanTest {
    private static final Instant NOW = Instant.parse("2026-03-01T07:30:00Z");
    private static final Discovered ORDERS = new Discovered("in.c-crm", "orders", "orders", "in.c-crm.orders");
    private static final Discovered CLIENTS = new Discovered("in.c-crm", "clients", "clients", "in.c-crm.clients");

    private static TableRecord row(String type, String bucket, String table, String name, String id) {
        return TableRecord.builder(new TableId(id), type)
                .name(name)
                .bucket(bucket)
                .sourceTable(table)
                .queryMode(QueryMode.REMOTE)
                .allowEmpty(true)
                .registered("ada", Instant.EPOCH)
                .build();
    }

    private static List<Finding> findings(List<Discovered> listed, TableRecord... registered) {
        return DiscoveryPlan.of("keboola", listed, List.of(registered)).findings();
    }

    @Nested
    class Classes {
        @Test
        void anUnknownTableIsNew() {
            assertEquals(
                    List.of(
                            new Finding.New(ORDERS, new TableId("in.c-crm.orders")),
                            new Finding.New(CLIENTS, new TableId("in.c-crm.clients"))),
                    findings(List.of(ORDERS, CLIENTS), row("keboola", "in.c-hr", "staff", "staff", "staff")));
        }

        @Test
        void whatIsRegisteredIsAMatchWhateverItIsCalledThere() {
            TableRecord row = row("keboola", "in.c-crm", "orders", "our orders", "crm_orders");
            assertEquals(List.of(new Finding.Match(ORDERS, row)), findings(List.of(ORDERS), row));
        }

        @ParameterizedTest
        @ValueSource(strings = {"in.c-crm.orders", "In.C-CRM.Orders"})
        void anIdThatIsRegisteredForAnotherTableIsDrift(String id) {
            TableRecord row = row("keboola", "out.c-crm", "orders", "other", id);
            assertEquals(
                    List.of(new Finding.Drift(ORDERS, DriftKind.SAME_ID_DIFF_COORDS, row)),
                    findings(List.of(ORDERS), row));
        }

        @Test
        void theSamePlaceInAnotherSourceIsAnotherPlace() {
            TableRecord row = row("bigquery", "in.c-crm", "orders", "orders", "in.c-crm.orders");
            assertEquals(
                    List.of(new Finding.Drift(ORDERS, DriftKind.SAME_ID_DIFF_COORDS, row)),
                    findings(List.of(ORDERS), row));
        }

        @Test
        void aNameThatAnotherTableHasIsDrift() {
            TableRecord row = row("keboola", "out.c-crm", "orders", "orders", "out.c-crm.orders");
            assertEquals(
                    List.of(new Finding.Drift(ORDERS, DriftKind.NAME_COLLISION, row)), findings(List.of(ORDERS), row));
        }

        @Test
        void twoWithOneIdInWhateverCaseCollide() {
            Discovered other = new Discovered("out.c-crm", "orders", "other", "IN.C-CRM.ORDERS");
            assertEquals(
                    List.of(
                            new Finding.Collision(ORDERS, "id", other),
                            new Finding.New(CLIENTS, new TableId("in.c-crm.clients")),
                            new Finding.Collision(other, "id", ORDERS)),
                    findings(List.of(ORDERS, CLIENTS, other)));
        }

        @Test
        void twoWithOneNameCollideAndNeitherIsWritten() {
            Discovered other = new Discovered("out.c-crm", "orders", "orders", "out.c-crm.orders");
            DiscoveryPlan plan = DiscoveryPlan.of("keboola", List.of(ORDERS, other), List.of());
            assertEquals(
                    List.of(new Finding.Collision(ORDERS, "name", other), new Finding.Collision(other, "name", ORDERS)),
                    plan.findings());
            assertEquals(List.of(), plan.records("system", NOW));
        }

        @Test
        void oneTableThatIsListedTwiceCollidesWithItself() {
            Discovered other = new Discovered("in.c-crm", "orders", "other", "other");
            assertEquals(
                    List.of(
                            new Finding.Collision(ORDERS, "place", other),
                            new Finding.Collision(other, "place", ORDERS)),
                    findings(List.of(ORDERS, other)));
            assertEquals(
                    List.of(new Finding.Collision(ORDERS, "id", ORDERS), new Finding.Collision(ORDERS, "id", ORDERS)),
                    findings(List.of(ORDERS, ORDERS)));
        }

        @Test
        void aTableThatIsThereDoesNotSufferFromItsNamesakeWhichIsNotWritten() {
            TableRecord row = row("keboola", "in.c-crm", "orders", "our orders", "crm_orders");
            Discovered other = new Discovered("out.c-crm", "orders", "orders", "out.c-crm.orders");
            assertEquals(
                    List.of(new Finding.Match(ORDERS, row), new Finding.Collision(other, "name", ORDERS)),
                    findings(List.of(ORDERS, other), row));
        }

        @Test
        void whatIsOutsideTheGrammarIsInvalidAndSaysAllThatIsWrong() {
            Discovered bad = new Discovered(" ", "", "\t", ".hidden");
            Discovered namesake = new Discovered("in.c-crm", "x", "orders", "a/b");
            List<Finding> findings = findings(List.of(bad, namesake, ORDERS));
            assertEquals(
                    new Finding.Invalid(
                            bad,
                            "id must be 1 to 128 of A-Z a-z 0-9 _ . - and no dot or hyphen first; name must not be"
                                    + " blank; bucket must not be blank; source table must not be blank"),
                    findings.get(0));
            assertEquals(
                    new Finding.Invalid(
                            namesake, "id must be 1 to 128 of A-Z a-z 0-9 _ . - and no dot or hyphen first"),
                    findings.get(1));
            assertEquals(new Finding.New(ORDERS, new TableId("in.c-crm.orders")), findings.get(2));
        }
    }

    @Test
    void theNewOnesBecomeMaterializedTablesOfTheSource() {
        assertEquals(
                List.of(TableRecord.builder(new TableId("in.c-crm.orders"), "keboola")
                        .name("orders")
                        .bucket("in.c-crm")
                        .sourceTable("orders")
                        .queryMode(QueryMode.MATERIALIZED)
                        .registered("system", NOW)
                        .build()),
                DiscoveryPlan.of("keboola", List.of(ORDERS), List.of()).records("system", NOW));
    }

    @Test
    void aSyncDiscoversUnaskedOnlyIntoARegistryThatIsEmpty() {
        assertTrue(DiscoveryPlan.mayDiscoverUnasked(List.of()));
        assertFalse(DiscoveryPlan.mayDiscoverUnasked(List.of(row("local", "", "", "x", "x"))));
    }

    @Test
    void kindsHaveTheWordsOfTheContract() {
        assertEquals("same_id_diff_coords", DriftKind.SAME_ID_DIFF_COORDS.text());
        assertEquals("name_collision", DriftKind.NAME_COLLISION.text());
    }

    @Property(tries = 10_000)
    void everyTableHasOneFindingAndAPlanIsCarriedOutOnceWithoutChangingARow(@ForAll long seed) {
        Random random = new Random(seed);
        List<TableRecord> registry = registry(random);
        List<TableRecord> before = List.copyOf(registry);
        List<Discovered> listed = listed(random);
        DiscoveryPlan plan = DiscoveryPlan.of("keboola", listed, before);
        assertEquals(listed, plan.findings().stream().map(Finding::discovered).toList());
        carryOut(plan, registry);
        assertEquals(before, registry.subList(0, before.size()));
        DiscoveryPlan again = DiscoveryPlan.of("keboola", listed, registry);
        assertEquals(List.of(), again.records("system", NOW));
        for (int i = 0; i < listed.size(); i++) {
            Finding first = plan.findings().get(i);
            Finding second = again.findings().get(i);
            if (first instanceof Finding.New added) {
                TableId id = assertMatch(second).id();
                assertEquals(added.id(), id);
            } else {
                assertEquals(first instanceof Finding.Match, second instanceof Finding.Match);
            }
        }
    }

    private static TableRecord assertMatch(Finding finding) {
        assertTrue(finding instanceof Finding.Match, finding.toString());
        return ((Finding.Match) finding).registered();
    }

    /** Registers the planned tables like a registry, which refuses duplicates. The plan must contain none. */
    private static void carryOut(DiscoveryPlan plan, List<TableRecord> registry) {
        for (TableRecord added : plan.records("system", NOW)) {
            for (TableRecord row : registry) {
                assertFalse(row.id().folded().equals(added.id().folded()), () -> added + " has the id of " + row);
                assertFalse(row.name().equals(added.name()), () -> added + " has the name of " + row);
                assertFalse(
                        row.sourceType().equals(added.sourceType())
                                && row.bucket().equals(added.bucket())
                                && row.sourceTable().equals(added.sourceTable()),
                        () -> added + " has the place of " + row);
            }
            registry.add(added);
        }
    }

    private static List<TableRecord> registry(Random random) {
        Set<String> taken = new HashSet<>();
        List<TableRecord> rows = new ArrayList<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            String id = pick(random, "a.x", "A.x", "a.y", "b.x", "B.Y", "z");
            String name = pick(random, "x", "y", "z", "X");
            if (taken.add("id " + id.toLowerCase(Locale.ROOT)) && taken.add("name " + name)) {
                rows.add(row(
                        pick(random, "keboola", "keboola", "bigquery"),
                        pick(random, "a", "b"),
                        pick(random, "x", "y", "z"),
                        name,
                        id));
            }
        }
        return rows;
    }

    private static List<Discovered> listed(Random random) {
        List<Discovered> tables = new ArrayList<>();
        for (int i = random.nextInt(8); i > 0; i--) {
            String bucket = pick(random, "a", "b", "c", "d", "");
            String table = pick(random, "x", "y", "z", "w");
            boolean plain = random.nextInt(3) > 0;
            tables.add(new Discovered(
                    bucket,
                    table,
                    plain ? bucket + table : pick(random, "x", "y", "X", "v", " "),
                    plain ? bucket + "." + table : pick(random, "a.x", "A.X", "c.w", "C.W", ".bad", "")));
        }
        return tables;
    }

    private static String pick(Random random, String... values) {
        return values[random.nextInt(values.length)];
    }
}
