// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.contract;

import static io.agnes.core.contract.SampleRows.NOW;
import static io.agnes.core.contract.SampleRows.ORDERS;
import static io.agnes.core.contract.SampleRows.builder;
import static io.agnes.core.contract.SampleRows.profile;
import static io.agnes.core.contract.SampleRows.table;
import static io.agnes.core.contract.SampleRows.version;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.RegistryFailedException;
import io.agnes.core.TableId;
import io.agnes.core.file.StoredDigest;
import io.agnes.core.table.ColumnTypes;
import io.agnes.core.table.EmptyAsNull;
import io.agnes.core.table.QueryMode;
import io.agnes.core.table.Schedule;
import io.agnes.core.table.TableRecord;
import io.agnes.core.table.TableRegistry;
import io.agnes.core.table.TableRegistry.Change;
import io.agnes.core.table.TableRegistry.Entry;
import io.agnes.core.table.TableRegistry.Registration;
import io.agnes.core.table.TableVersion;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What every {@link TableRegistry} does. */
public abstract class TableRegistryContract extends RegistryContract {
    private TableRegistry tables() {
        return registry.tables();
    }

    private Entry orders() {
        return tables().find(ORDERS).orElseThrow();
    }

    private void registerOrders() {
        assertEquals(new Registration.Registered(), tables().register(table("orders", "Orders")));
    }

    @Nested
    class Tables {
        @Test
        void whatIsRegisteredIsThereAfterARestart() {
            TableRecord far = builder("far", "Far away")
                    .description("")
                    .folder("a 'folder'")
                    .sourceQuery("SELECT 1")
                    .queryMode(QueryMode.REMOTE)
                    .schedule(Schedule.parse("daily 07:00,19:00"))
                    .columnTypes(ColumnTypes.parse("as_is").orElseThrow())
                    .emptyAsNull(EmptyAsNull.parse("never").orElseThrow())
                    .allowEmpty(true)
                    .primaryKey(List.of("a, b", "c \"d\""))
                    .profile(true)
                    .build();
            registerOrders();
            assertEquals(new Registration.Registered(), tables().register(far));
            registry.restart();
            assertEquals(
                    List.of(new Entry(far, Optional.empty()), new Entry(table("orders", "Orders"), Optional.empty())),
                    tables().all());
        }

        @Test
        void anIdIsTakenInWhateverCaseAndANameAsItIs() {
            tables().register(table("Orders", "Orders of the year"));
            Registration.Taken id = new Registration.Taken("id", new TableId("Orders"));
            assertEquals(id, tables().register(table("Orders", "x")));
            assertEquals(id, tables().register(table("oRDERS", "x")));
            assertEquals(
                    new Registration.Taken("name", new TableId("Orders")),
                    tables().register(table("other", "Orders of the year")));
            assertEquals(1, tables().all().size());
        }

        @Test
        void anIdThatIsTakenIsToldBeforeANameThatIsTaken() {
            tables().register(table("a", "A"));
            tables().register(table("b", "B"));
            assertEquals(new Registration.Taken("id", new TableId("b")), tables().register(table("B", "A")));
        }

        @Test
        void anIdIsFoundInItsOwnCaseAlone() {
            tables().register(table("Orders", "Orders"));
            assertTrue(tables().find(ORDERS).isEmpty());
        }

        @Test
        void tablesAreListedById() {
            for (String id : List.of("b", "a.b", "B", "a", "_")) {
                tables().register(table("t" + tables().all().size() + id, id));
            }
            List<String> ids = tables().all().stream()
                    .map(entry -> entry.table().id().value())
                    .toList();
            assertEquals(ids.stream().sorted().toList(), ids);
            assertEquals(5, ids.size());
        }

        @Test
        void aChangeOfTheNewestRevisionIsStored() {
            registerOrders();
            TableRecord next = builder("orders", "Orders")
                    .description("new")
                    .revision(2, NOW.plusSeconds(1))
                    .build();
            assertEquals(new Change.Changed(), tables().update(next));
            registry.restart();
            assertEquals(next, orders().table());
        }

        @Test
        void aChangeOfAnOlderRevisionOrOfNoTableIsOutdated() {
            registerOrders();
            tables().update(builder("orders", "Orders").revision(2, NOW).build());
            for (long revision : List.of(1L, 2L, 4L)) {
                assertEquals(
                        new Change.Outdated(),
                        tables().update(builder("orders", "Late")
                                .revision(revision, NOW)
                                .build()));
            }
            assertEquals("Orders", orders().table().name());
            assertEquals(
                    new Change.Outdated(),
                    tables().update(builder("gone", "Gone").revision(2, NOW).build()));
            assertEquals(1, tables().all().size());
        }

        @Test
        void aNameOfAnotherTableIsTaken() {
            registerOrders();
            tables().register(table("clients", "Clients"));
            assertEquals(
                    new Change.NameTaken(new TableId("clients")),
                    tables().update(builder("orders", "Clients")
                            .revision(2, NOW)
                            .build()));
            assertEquals("Orders", orders().table().name());
            assertEquals(
                    new Change.Changed(),
                    tables().update(builder("orders", "Orders").revision(2, NOW).build()),
                    "its own name");
        }

        @Test
        void aChangeLeavesVersionsAlone() {
            registerOrders();
            tables().publish(version("orders", 1, "one"));
            tables().update(builder("orders", "Other").revision(2, NOW).build());
            assertEquals(Optional.of(version("orders", 1, "one")), orders().current());
        }

        @Test
        void aRemovedTableTakesItsVersionsMarkerAndProfileAlong() {
            registerOrders();
            tables().register(table("clients", "Clients"));
            tables().publish(version("orders", 1, "one"));
            tables().keep(version("orders", 1, "one"), profile(7));
            tables().publish(version("clients", 1, null));
            assertTrue(tables().remove(ORDERS));
            assertFalse(tables().remove(ORDERS));
            registry.restart();
            assertEquals(List.of(version("clients", 1, null)), tables().versions());
            registerOrders();
            assertTrue(orders().newest().isEmpty());
            assertTrue(tables().profile(ORDERS).isEmpty());
            tables().publish(version("orders", 1, null));
            assertEquals(Optional.of(version("orders", 1, null)), orders().current());
            assertTrue(tables().profile(ORDERS).isEmpty(), "of the version of that number before");
        }
    }

    @Nested
    class Versions {
        @Test
        void aVersionIsThereAfterARestartWithEverythingAboutIt() {
            registerOrders();
            tables().publish(version("orders", 1, null));
            tables().publish(version("orders", 2, "import-2"));
            registry.restart();
            assertEquals(Optional.of(version("orders", 2, "import-2")), orders().current());
            assertEquals(2, tables().versions().size());
        }

        @Test
        void aVersionThatAStoreComposedIsThereAfterARestartBesideOneThatWasRead() {
            TableVersion read = version("orders", 1, null);
            TableVersion composed = version("orders", 2, new StoredDigest(1L << 41, "e3069283"), "import-2");
            registerOrders();
            tables().publish(read);
            tables().publish(composed);
            registry.restart();
            assertEquals(Optional.of(composed), orders().current());
            tables().quarantine(composed, NOW);
            registry.restart();
            assertEquals(Optional.of(read), orders().current());
            assertEquals(composed.digest(), orders().quarantined().orElseThrow().digest());
        }

        @Test
        void thePointerOnlyMovesForward() {
            registerOrders();
            tables().publish(version("orders", 2, "two"));
            assertThrows(RegistryFailedException.class, () -> tables().publish(version("orders", 1, "one")));
            assertThrows(RegistryFailedException.class, () -> tables().publish(version("orders", 2, "again")));
            assertEquals(Optional.of(version("orders", 2, "two")), orders().current());
            assertEquals(
                    List.of(2L),
                    tables().versions().stream().map(TableVersion::sequence).toList());
            tables().publish(version("orders", 3, null));
            assertEquals(3, orders().current().orElseThrow().sequence());
        }

        @Test
        void aVersionOfATableThatIsNotRegisteredIsRefused() {
            assertThrows(RegistryFailedException.class, () -> tables().publish(version("orders", 1, null)));
            assertEquals(List.of(), tables().versions());
            registerOrders();
            assertTrue(orders().current().isEmpty());
        }

        @Test
        void aMarkerIsThatOfTheCurrentVersion() {
            registerOrders();
            tables().mark(ORDERS, "before any version");
            assertTrue(orders().current().isEmpty());
            tables().publish(version("orders", 1, "one"));
            tables().mark(ORDERS, "later");
            assertEquals(Optional.of(version("orders", 1, "later")), orders().current());
            tables().mark(ORDERS, null);
            registry.restart();
            assertEquals(Optional.of(version("orders", 1, null)), orders().current());
        }

        @Test
        void aForgottenVersionIsGoneWithItsProfile() {
            registerOrders();
            tables().publish(version("orders", 1, null));
            tables().keep(version("orders", 1, null), profile(1));
            tables().publish(version("orders", 2, "two"));
            tables().forget(version("orders", 1, null));
            tables().forget(version("orders", 1, null));
            registry.restart();
            assertEquals(
                    List.of(2L),
                    tables().versions().stream().map(TableVersion::sequence).toList());
            assertEquals(Optional.of(version("orders", 2, "two")), orders().current());
        }
    }

    @Nested
    class Quarantine {
        @Test
        void theNewestWholeVersionBeforeIsServedAndTheMarkerForgotten() {
            registerOrders();
            for (long sequence = 1; sequence <= 3; sequence++) {
                tables().publish(version("orders", sequence, "m" + sequence));
            }
            tables().quarantine(version("orders", 3, "m3"), NOW);
            tables().quarantine(version("orders", 3, "m3"), NOW);
            assertEquals(Optional.of(version("orders", 2, null)), orders().current());
            assertEquals(Optional.of(version("orders", 3, null)), orders().quarantined());
            tables().quarantine(version("orders", 2, null), NOW);
            registry.restart();
            assertEquals(Optional.of(version("orders", 1, null)), orders().current());
            assertEquals(Optional.of(version("orders", 3, null)), orders().newest());
            assertEquals(3, tables().versions().size(), "kept until it is forgotten");
        }

        @Test
        void aTableWithoutAWholeVersionServesNone() {
            registerOrders();
            tables().publish(version("orders", 1, "one"));
            tables().quarantine(version("orders", 1, "one"), NOW);
            assertTrue(orders().current().isEmpty());
            assertEquals(Optional.of(version("orders", 1, null)), orders().quarantined());
        }

        @Test
        void theNextVersionHealsTheTable() {
            registerOrders();
            tables().publish(version("orders", 1, "one"));
            tables().quarantine(version("orders", 1, "one"), NOW);
            tables().publish(version("orders", 2, "two"));
            assertEquals(Optional.of(version("orders", 2, "two")), orders().current());
            assertTrue(orders().quarantined().isEmpty());
        }

        @Test
        void aVersionThatIsGoneIsNoError() {
            registerOrders();
            tables().publish(version("orders", 1, "one"));
            tables().quarantine(version("orders", 9, null), NOW);
            tables().quarantine(version("clients", 1, null), NOW);
            assertEquals(Optional.of(version("orders", 1, "one")), orders().current());
        }
    }

    @Nested
    class Profiles {
        @Test
        void theProfileIsThatOfTheCurrentVersion() {
            registerOrders();
            assertTrue(tables().profile(ORDERS).isEmpty());
            tables().publish(version("orders", 1, null));
            tables().keep(version("orders", 1, null), profile(1));
            tables().keep(version("orders", 1, null), profile(5));
            registry.restart();
            assertEquals(Optional.of(profile(5)), tables().profile(ORDERS));
            tables().publish(version("orders", 2, null));
            assertTrue(tables().profile(ORDERS).isEmpty());
        }

        @Test
        void aVersionInQuarantineHasNone() {
            registerOrders();
            tables().publish(version("orders", 1, null));
            tables().keep(version("orders", 1, null), profile(1));
            tables().quarantine(version("orders", 1, null), NOW);
            assertTrue(tables().profile(ORDERS).isEmpty());
        }
    }

    @Nested
    class ConcurrentWriters {
        @Test
        void oneRegistersAnId() throws Exception {
            Registration registered = new Registration.Registered();
            for (Registration answer :
                    assertOneOf(registered::equals, () -> tables().register(table("orders", "Orders")))) {
                assertTrue(answer.equals(registered) || answer.equals(new Registration.Taken("id", ORDERS)));
            }
        }

        @Test
        void oneChangesARevision() throws Exception {
            registerOrders();
            assertOneOf(
                    new Change.Changed()::equals,
                    () -> tables().update(
                                    builder("orders", "Orders").revision(2, NOW).build()));
            assertEquals(2, orders().table().revision());
        }

        @Test
        void onePublishesASequence() throws Exception {
            registerOrders();
            assertOneOf(Boolean.TRUE::equals, () -> {
                try {
                    tables().publish(version("orders", 1, null));
                    return true;
                } catch (RegistryFailedException later) {
                    return false;
                }
            });
            assertEquals(1, tables().versions().size());
        }
    }
}
