// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.contract;

import static io.agnes.core.contract.SampleRows.ORDERS;
import static io.agnes.core.contract.SampleRows.table;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.agnes.core.CoreException;
import io.agnes.core.RegistryFailedException;
import io.agnes.core.TableId;
import io.agnes.core.parquet.SchemaField;
import io.agnes.core.table.FieldIdAllocation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link io.agnes.core.table.FieldIdRegistry} does. */
public abstract class FieldIdRegistryContract extends RegistryContract {
    @BeforeEach
    void register() {
        registry.tables().register(table("orders", "Orders"));
        registry.tables().register(table("clients", "Clients"));
    }

    private static List<SchemaField> fields(String... paths) {
        return Stream.of(paths)
                .map(path -> new SchemaField(path, OptionalInt.empty()))
                .toList();
    }

    private static SchemaField carrying(String path, int id) {
        return new SchemaField(path, OptionalInt.of(id));
    }

    private List<Integer> assign(String... paths) {
        return registry.fieldIds().assign(ORDERS, fields(paths));
    }

    @Test
    void columnsGetTheFirstNumbersAndNestedFieldsTheNext() {
        assertEquals(List.of(1, 4, 5, 2, 3), assign("a", "a.[]", "a.[].x", "b", "c\\.d"));
    }

    @Test
    void aFieldKeepsItsIdOverVersionsThatLackItAndARestart() {
        assertEquals(List.of(1, 2, 3), assign("a", "b", "c"));
        assertEquals(List.of(3, 1), assign("c", "a"));
        registry.restart();
        assertEquals(List.of(4, 2, 3), assign("d", "b", "c"));
        assertEquals(List.of(1, 2, 3, 4), assign("a", "b", "c", "d"));
    }

    @Test
    void aFieldUnderAnotherNameIsAnother() {
        assertEquals(List.of(1), assign("price"));
        assertEquals(List.of(2), assign("Price"));
        assertEquals(List.of(1), assign("price"));
    }

    @Test
    void idsThatAFileCarriesAreKept() {
        assertEquals(
                List.of(20, 21, 10),
                registry.fieldIds()
                        .assign(
                                ORDERS,
                                List.of(
                                        carrying("a", 20),
                                        new SchemaField("b", OptionalInt.empty()),
                                        carrying("b.x", 10))));
    }

    @Test
    void idsThatTwoFieldsOfAFileCarryOrThatAreOutOfRangeAreNotKept() {
        assertEquals(
                List.of(8, 9, 10, 11, 7),
                registry.fieldIds()
                        .assign(
                                ORDERS,
                                List.of(
                                        carrying("a", 5),
                                        carrying("b", 5),
                                        carrying("c", 0),
                                        carrying("d", FieldIdAllocation.LARGEST_CARRIED + 1),
                                        carrying("e", 7))));
    }

    /** A writer that numbers the columns of each file from the left is not followed. */
    @Test
    void idsOfTheTableWinOverThoseOfAFile() {
        registry.fieldIds().assign(ORDERS, List.of(carrying("a", 1), carrying("b", 2)));
        assertEquals(
                List.of(1, 3, 2),
                registry.fieldIds().assign(ORDERS, List.of(carrying("a", 1), carrying("new", 2), carrying("b", 3))));
        registry.fieldIds().assign(ORDERS, fields("a"));
        assertEquals(List.of(4), registry.fieldIds().assign(ORDERS, List.of(carrying("renamed", 2))));
    }

    @Test
    void tablesHaveIdsOfTheirOwnAndARemovedTableHasNone() {
        assertEquals(List.of(1, 2), assign("a", "b"));
        assertEquals(List.of(1), registry.fieldIds().assign(new TableId("clients"), fields("z")));
        registry.tables().remove(ORDERS);
        assertThrows(RegistryFailedException.class, () -> assign("c"));
        registry.tables().register(table("orders", "Orders"));
        registry.restart();
        assertEquals(List.of(1, 2), assign("c", "b"));
        assertEquals(List.of(1), registry.fieldIds().assign(new TableId("clients"), fields("z")));
    }

    @Test
    void namesOfAnyCharactersAreApart() {
        String[] odd = {
            "", " ", "a\nb", "\\u0000", "é", "e\u0301", "\uD83D\uDE00", "'", "\"", "?", "[\"x\"]", "a\\\\", "A"
        };
        List<Integer> ids = assign(odd);
        registry.restart();
        assertEquals(ids, assign(odd));
        assertEquals(odd.length, new HashSet<>(ids).size());
    }

    /** Writers of two versions at once, each with columns that the other lacks. */
    @Test
    void callersAtOnceGiveEachFieldOneIdAndEachIdToOneField() throws Exception {
        List<Callable<List<Integer>>> calls = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int own = i;
            calls.add(() -> assign("shared", "own " + own, "other " + own % 5));
        }
        Set<Integer> own = new HashSet<>();
        Set<Integer> shared = new HashSet<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<List<Integer>> answer : threads.invokeAll(calls)) {
                shared.add(answer.get().get(0));
                own.add(answer.get().get(1));
            }
        }
        assertEquals(1, shared.size());
        assertEquals(20, own.size());
        String[] all = IntStream.range(0, 25)
                .mapToObj(i -> i < 20 ? "own " + i : "other " + (i - 20))
                .toArray(String[]::new);
        assertEquals(25, new HashSet<>(assign(all)).size());
    }

    @Test
    void aTableWithTooManyFieldsOverTimeIsRefusedAndKeepsItsIds() {
        String[] half = IntStream.range(0, FieldIdAllocation.MOST_FIELDS / 2)
                .mapToObj(i -> "a" + i)
                .toArray(String[]::new);
        List<Integer> ids = assign(half);
        assign(Stream.of(half).map(path -> "b" + path).toArray(String[]::new));
        CoreException refused = assertThrows(CoreException.class, () -> assign("one", half[0]));
        assertEquals("field_ids_exhausted", refused.code());
        assertEquals(ids, assign(half));
    }
}
