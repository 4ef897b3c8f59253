// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.TableId;
import io.agnes.server.access.Name;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No write by any class leaves a cached read stale. */
class CachedReadTest {
    private static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");
    private static final Name ANNA = new Name("anna");
    private static final TableId ORDERS = new TableId("orders");

    @TempDir
    private Path dir;

    private Database database;

    @BeforeEach
    void open() {
        database = Database.open(dir.resolve("registry.duckdb"), dir);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void aGrantThatAnotherClassWritesIsSeenAtOnce() {
        RegistryAccess access = new RegistryAccess(database);
        access.putUser(ANNA, Set.of(new Name("readers")), ANNA, NOW);
        assertFalse(access.granted(ANNA, ORDERS));
        database.write(
                session -> session.update("INSERT INTO table_grant VALUES ('readers', 'orders', 'anna', now())"));
        assertTrue(access.granted(ANNA, ORDERS));
        database.write(session -> session.update("  delete from table_grant where table_id = ?", "orders"));
        assertFalse(access.granted(ANNA, ORDERS));
    }

    @Test
    void aResultIsKeptUntilItsPartChanges() {
        CachedRead<List<String>> users = new CachedRead<>(
                database,
                TableGroup.ACCESS,
                session -> session.query("SELECT id FROM app_user", row -> row.getString("id")));
        List<String> first = users.get();
        assertSame(first, users.get());
        database.write(session -> session.update(
                "INSERT INTO audit_log (logged_at, actor, action, subject) VALUES (?, 'a', 'b', 'c')", NOW));
        assertSame(first, users.get());
        database.write(session -> session.update("INSERT INTO app_user VALUES ('bob', ?)", NOW));
        assertEquals(List.of("bob"), users.get());
    }

    @Test
    void aWriteThatFailedChangesNoResult() {
        RegistryAccess access = new RegistryAccess(database);
        assertThrows(
                RegistryException.class,
                () -> database.write(session -> {
                    session.update("INSERT INTO app_user VALUES ('half', ?)", NOW);
                    throw new SQLException("no");
                }));
        assertFalse(access.userExists(new Name("half")));
    }

    @Test
    void eachTableOfTheRegistryBelongsToOnePart() {
        List<String> tables = database.read(session -> session.query(
                "SELECT table_name FROM duckdb_tables() WHERE database_name = current_catalog()",
                row -> row.getString("table_name")));
        tables.forEach(table -> assertEquals(1, TableGroup.of(table).size(), table));
        assertTrue(tables.size() > 10);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE TABLE later (id VARCHAR)",
                "INSERT INTO later VALUES (1)",
                "WITH x AS (SELECT 1) DELETE FROM app_user"
            })
    void aStatementOfAnotherKindChangesEveryPart(String sql) {
        assertEquals(EnumSet.allOf(TableGroup.class), TableGroup.written(sql));
    }
}
