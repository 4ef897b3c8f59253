// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.upstream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.CoreException;
import io.agnes.core.TableId;
import io.agnes.core.Time;
import io.agnes.core.file.DataDirectory;
import io.agnes.core.file.FileDigests;
import io.agnes.core.file.FileStore;
import io.agnes.core.sync.DueTables;
import io.agnes.core.sync.LastAttempt;
import io.agnes.core.table.QueryMode;
import io.agnes.core.table.Schedule;
import io.agnes.core.table.TableRecord;
import io.agnes.core.table.TableRegistry;
import io.agnes.core.table.TableVersion;
import io.agnes.server.ScratchFiles;
import io.agnes.server.access.AccessRows;
import io.agnes.server.access.Name;
import io.agnes.server.registry.Database;
import io.agnes.server.registry.RegistryAccess;
import io.agnes.server.registry.RegistryRuns;
import io.agnes.server.registry.RegistryTables;
import io.agnes.server.upstream.Finding.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
@Timeout(120)
class UpstreamImportTest {
    private static final Name ADA = new Name("ada@example.com");
    private static final Name ANALYSTS = new Name("analysts");
    private static final TableId ORDERS = new TableId("in.c-crm.orders");

    @TempDir
    private Path directory;

    private Path old;
    private Path data;

    @BeforeEach
    void paths() {
        old = directory.resolve("system.duckdb");
        data = directory.resolve("data");
    }

    /** The rows of the registry. */
    private record Here(
            List<TableRegistry.Entry> tables,
            List<TableVersion> versions,
            AccessRows access,
            Map<TableId, LastAttempt> attempts) {
        TableRecord table(String id) {
            return tables.stream()
                    .map(TableRegistry.Entry::table)
                    .filter(table -> table.id().value().equals(id))
                    .findFirst()
                    .orElseThrow();
        }

        Optional<TableVersion> version(String id) {
            return versions.stream()
                    .filter(version -> version.table().value().equals(id))
                    .findFirst();
        }
    }

    private Here here() {
        try (Database database = Database.open(data.resolve("registry.duckdb"), directory)) {
            RegistryTables tables = new RegistryTables(database);
            return new Here(
                    tables.all(),
                    tables.versions(),
                    new RegistryAccess(database).rows(),
                    new RegistryRuns(database).lastAttempts());
        }
    }

    private ImportPlan rehearse() throws Exception {
        UpstreamData theirs = UpstreamDatabase.read(old);
        try (UpstreamImport rehearsal = UpstreamImport.rehearsal(data, Time.system())) {
            return rehearsal.plan(theirs);
        }
    }

    private ImportPlan apply() throws Exception {
        UpstreamData theirs = UpstreamDatabase.read(old);
        try (UpstreamImport earnest = UpstreamImport.inEarnest(data, data.resolve("tmp"), Time.system())) {
            return earnest.apply(earnest.plan(theirs));
        }
    }

    private static Verdict verdict(ImportPlan plan, Kind kind, String subject) {
        return plan.findings().stream()
                .filter(finding -> finding.kind() == kind && finding.subject().equals(subject))
                .findFirst()
                .orElseThrow(() -> new AssertionError(subject + " in " + plan.findings()))
                .verdict();
    }

    private static void assertConflict(String reason, ImportPlan plan, Kind kind, String subject) {
        assertEquals(new Verdict.Conflict(reason), verdict(plan, kind, subject));
    }

    private static void assertLeftOut(String reason, ImportPlan plan, Kind kind, String subject) {
        assertEquals(new Verdict.LeftOut(reason), verdict(plan, kind, subject));
    }

    /** The content of every file but the lock. */
    private static Map<Path, String> contents(Path root) throws IOException, InterruptedException {
        Map<Path, String> contents = new TreeMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                if (!file.endsWith("lock")) {
                    contents.put(file, FileDigests.of(file).sha256());
                }
            }
        }
        return contents;
    }

    private static String code(Path file) {
        return assertThrows(UpstreamException.class, () -> UpstreamDatabase.read(file))
                .code();
    }

    private OldInstallation usual(int version) throws Exception {
        return OldInstallation.at(old, version)
                .keboola("in.c-crm.orders", "orders", "local")
                .group("g-analysts", "analysts")
                .user("root@example.com", "g-admin")
                .user("ada@example.com", "g-analysts")
                .grant("g-analysts", "table", "in.c-crm.orders");
    }

    @Nested
    class Rows {
        @ParameterizedTest
        @ValueSource(ints = {25, 26, 27, 39})
        void tablesUsersGroupsMembersAndGrantsAreTakenOver(int version) throws Exception {
            usual(version).close();
            ImportPlan plan = apply();
            assertEquals(version, plan.version());
            assertEquals(0, plan.count(Verdict.Conflict.class), plan.findings().toString());
            Here here = here();
            assertEquals(QueryMode.MATERIALIZED, here.table("in.c-crm.orders").queryMode());
            assertEquals("in.c-crm", here.table("in.c-crm.orders").bucket());
            assertEquals("orders", here.table("in.c-crm.orders").sourceTable());
            Name root = new Name("root@example.com");
            assertEquals(
                    new AccessRows(
                            Set.of(ADA, root),
                            Set.of(ANALYSTS, Name.ADMIN_GROUP, new Name("Everyone")),
                            Set.of(new AccessRows.Member(ANALYSTS, ADA), new AccessRows.Member(Name.ADMIN_GROUP, root)),
                            Set.of(new AccessRows.Grant(ANALYSTS, ORDERS))),
                    here.access());
        }

        @Test
        void everythingThatHasAPlaceHereIsKeptOfATable() throws Exception {
            OldInstallation.at(old, 27).run("""
                            INSERT INTO table_registry (id, name, source_type, bucket, source_table, query_mode,
                                sync_strategy, sync_schedule, profile_after_sync, primary_key, folder, description,
                                registered_by, registered_at, where_filters)
                            VALUES ('orders', 'Orders', 'keboola', 'in.c-crm', 'orders', 'materialized', 'incremental',
                                'daily 07:30', false, '["id", "line, no"]', 'crm', 'What was ordered', 'ada@example.com',
                                TIMESTAMP '2026-01-02 03:04:05.678', '[{"column": "country", "values": ["CZ"]}]')""").close();
            ImportPlan plan = apply();
            assertEquals(
                    new Verdict.New("sync strategy incremental becomes a whole export each time"),
                    verdict(plan, Kind.TABLE, "orders"));
            TableRecord table = here().table("orders");
            assertEquals("Orders", table.name());
            assertEquals(Schedule.parse("daily 07:30"), table.schedule());
            assertEquals(List.of("id", "line, no"), table.primaryKey());
            assertEquals("crm", table.folder());
            assertEquals("What was ordered", table.description());
            assertEquals("ada@example.com", table.registeredBy());
            assertEquals(Instant.parse("2026-01-02T03:04:05.678Z"), table.registeredAt());
            assertEquals(
                    "{\"whereFilters\":[{\"column\":\"country\",\"operator\":\"eq\",\"values\":[\"CZ\"]}]}",
                    table.sourceQuery());
            assertFalse(table.profile());
        }

        @Test
        void primaryKeysOfOlderVersionsAreRead() throws Exception {
            try (OldInstallation installation = OldInstallation.at(old, 25)) {
                for (String key : List.of("[''a'', ''b'']", "a,b", "a, b")) {
                    installation.run("INSERT INTO table_registry (id, name, source_type, query_mode, primary_key)"
                            + " SELECT 't' || count(*), 't' || count(*), 'jira', 'local', '" + key
                            + "' FROM table_registry");
                }
            }
            apply();
            Here here = here();
            for (String id : List.of("t0", "t1", "t2")) {
                assertEquals(List.of("a", "b"), here.table(id).primaryKey());
            }
        }

        @Test
        void onlyTablesOfKeboolaStopBeingLocal() throws Exception {
            OldInstallation.at(old, 25)
                    .keboola("a", "a", "local")
                    .keboola("b", "b", "")
                    .run(
                            "INSERT INTO table_registry (id, name, source_type, query_mode) VALUES ('j', 'j', 'jira', 'local')",
                            """
                            INSERT INTO table_registry (id, name, source_type, bucket, source_table, query_mode)
                            VALUES ('q', 'q', 'bigquery', 'ds', 'q', 'remote'), ('l', 'l', 'bigquery', 'ds', 'l', NULL)""")
                    .close();
            ImportPlan plan = apply();
            assertEquals(new Verdict.New("local becomes materialized"), verdict(plan, Kind.TABLE, "a"));
            Here here = here();
            assertEquals(QueryMode.MATERIALIZED, here.table("a").queryMode());
            assertEquals(QueryMode.MATERIALIZED, here.table("b").queryMode());
            assertEquals(QueryMode.LOCAL, here.table("j").queryMode());
            assertEquals(QueryMode.REMOTE, here.table("q").queryMode());
            assertEquals(QueryMode.LOCAL, here.table("l").queryMode());
        }

        @Test
        void whoIsNotActiveAndWhatIsNoTableIsLeftOut() throws Exception {
            usual(25)
                    .user("gone@example.com", "g-analysts")
                    .run("UPDATE users SET active = false WHERE email = 'gone@example.com'")
                    .grant("g-analysts", "marketplace_plugin", "a/b")
                    .close();
            ImportPlan plan = apply();
            assertLeftOut("is not active", plan, Kind.USER, "gone@example.com");
            assertLeftOut("its user is not here", plan, Kind.MEMBER, "analysts gone@example.com");
            assertLeftOut("are not on tables", plan, Kind.GRANT, "1 on marketplace_plugin");
            assertFalse(here().access().users().contains(new Name("gone@example.com")));
        }
    }

    @Nested
    class Twice {
        @Test
        void aRehearsalLeavesEveryFileAsItIsToTheByte() throws Exception {
            OldInstallation.at(old, 25).keboola("first", "first", "local").close();
            apply();
            Files.delete(old);
            usual(25).close();
            Files.writeString(data.resolve("tmp/theirs"), "what another program keeps there");
            Map<Path, String> before = contents(directory);
            ImportPlan plan = rehearse();
            assertEquals(new Verdict.New("local becomes materialized"), verdict(plan, Kind.TABLE, "in.c-crm.orders"));
            assertEquals(before, contents(directory));
        }

        @Test
        void aRehearsalMakesNoDataDirectory() throws Exception {
            usual(25).close();
            assertEquals(0, rehearse().count(Verdict.Conflict.class));
            assertFalse(Files.exists(data));
        }

        @Test
        void theSecondTimeChangesNothing() throws Exception {
            usual(25).close();
            byte[] source = Files.readAllBytes(old);
            apply();
            Here first = here();
            ImportPlan again = apply();
            assertEquals(0, again.count(Verdict.New.class), again.findings().toString());
            assertEquals(
                    0, again.count(Verdict.Conflict.class), again.findings().toString());
            assertEquals(new Verdict.Present(""), verdict(again, Kind.TABLE, "in.c-crm.orders"));
            assertEquals(first, here());
            assertArrayEquals(source, Files.readAllBytes(old));
            assertFalse(Files.exists(directory.resolve("system.duckdb.wal")));
        }

        @Test
        void whatWasChangedHereMeanwhileStays() throws Exception {
            usual(25).close();
            apply();
            try (Database database = Database.open(data.resolve("registry.duckdb"), directory)) {
                RegistryTables tables = new RegistryTables(database);
                TableRecord was = tables.find(ORDERS).orElseThrow().table();
                tables.update(was.toBuilder()
                        .name("Renamed")
                        .schedule(Schedule.parse("every 1h"))
                        .allowEmpty(true)
                        .revision(2, was.updatedAt())
                        .build());
            }
            Here before = here();
            ImportPlan again = apply();
            assertEquals(
                    new Verdict.Present("differs here, and is kept as it is"),
                    verdict(again, Kind.TABLE, "in.c-crm.orders"));
            assertEquals(before, here());
        }

        @Test
        void aDirectoryThatIsHeldIsNamedWithItsHolder() throws Exception {
            usual(25).close();
            try (DataDirectory held = DataDirectory.open(FileStore.system(), data)) {
                List<Executable> attempts = List.of(UpstreamImportTest.this::apply, UpstreamImportTest.this::rehearse);
                for (Executable attempt : attempts) {
                    CoreException refused = assertThrows(CoreException.class, attempt);
                    assertEquals(
                            "data directory " + data + " is held by process "
                                    + ProcessHandle.current().pid(),
                            refused.getMessage());
                }
                assertFalse(Files.exists(held.root().resolve("registry.duckdb")));
            }
        }
    }

    @Nested
    class Conflicts {
        @Test
        void whatIsTakenHereIsNamedWithWhoHasIt() throws Exception {
            OldInstallation.at(old, 25)
                    .keboola("orders", "orders", "local")
                    .keboola("Clients", "clients", "local")
                    .keboola("items", "Items of orders", "local")
                    .close();
            apply();
            Here before = here();
            Files.delete(old);
            OldInstallation.at(old, 25)
                    .keboola("orders", "elsewhere", "local")
                    .keboola("clients", "clients", "local")
                    .keboola("lines", "Items of orders", "local")
                    .group("g", "analysts")
                    .grant("g", "table", "orders")
                    .close();
            ImportPlan plan = apply();
            assertConflict("id is that of a table at keboola in.c-crm.orders", plan, Kind.TABLE, "orders");
            assertConflict("id is that of table Clients but for its case", plan, Kind.TABLE, "clients");
            assertConflict("name Items of orders is that of table items", plan, Kind.TABLE, "lines");
            assertLeftOut("its table is not here", plan, Kind.GRANT, "analysts orders");
            assertEquals(before.tables(), here().tables());
            assertEquals(Set.of(), here().access().grants());
        }

        @Test
        void tablesThatStandInEachOthersWayThereStayOutBoth() throws Exception {
            OldInstallation.at(old, 25)
                    .keboola("Orders", "one", "local")
                    .keboola("orders", "two", "local")
                    .keboola("a", "same", "local")
                    .keboola("b", "same", "local")
                    .run(
                            "INSERT INTO table_registry (id, name, source_type) VALUES ('x', 'y', 'jira'), ('z', 'x', 'jira')")
                    .close();
            ImportPlan plan = apply();
            for (String id : List.of("Orders", "orders")) {
                assertConflict("another table there has this id but for its case", plan, Kind.TABLE, id);
            }
            for (String id : List.of("a", "b")) {
                assertConflict("another table there has the name same", plan, Kind.TABLE, id);
            }
            assertConflict(
                    "another table there has this id for its name, and so its file may be the other's",
                    plan,
                    Kind.TABLE,
                    "x");
            assertEquals(
                    List.of("z"),
                    here().tables().stream()
                            .map(entry -> entry.table().id().value())
                            .toList());
        }

        @Test
        void whatCannotBeReadIsNamedWithWhatWasExpected() throws Exception {
            OldInstallation.at(old, 27)
                    .keboola("in c-crm", "a", "local")
                    .keboola("b", "b", "sometimes")
                    .keboola("c", "c", "local")
                    .keboola("d", "d", "local")
                    .keboola("e.parquet", "e", "local")
                    .keboola("f", "f", "materialized")
                    .run(
                            "UPDATE table_registry SET sync_schedule = 'every blue moon' WHERE id = 'c'",
                            "UPDATE table_registry SET bucket = NULL WHERE id = 'd'",
                            "UPDATE table_registry SET source_query = 'SELECT 1' WHERE id = 'f'",
                            "INSERT INTO table_registry (id, name, source_type) VALUES ('g', 'g', '../etc')")
                    .group("g-team", "Data Team")
                    .user("ada lovelace", "g-team")
                    .close();
            ImportPlan plan = apply();
            for (Map.Entry<String, String> expected : Map.of(
                            "in c-crm", "id must be ",
                            "b", "query mode sometimes is not local, materialized or remote",
                            "c", "schedule: expected ",
                            "d", "bucket must be ",
                            "e.parquet", "id must be ",
                            "f", "expected a JSON object",
                            "g", "source type ../etc is no name of a folder")
                    .entrySet()) {
                Verdict verdict = verdict(plan, Kind.TABLE, expected.getKey());
                assertTrue(verdict instanceof Verdict.Conflict, verdict.toString());
                assertTrue(verdict.reason().contains(expected.getValue()), verdict.reason());
            }
            assertConflict("a name is " + Name.GRAMMAR, plan, Kind.GROUP, "Data Team");
            assertConflict("a name is " + Name.GRAMMAR, plan, Kind.USER, "ada lovelace");
            assertLeftOut("its group is not here", plan, Kind.MEMBER, "Data Team ada lovelace");
            assertEquals(List.of(), here().tables());
        }

        @Test
        void aSubjectIsPrintable() throws Exception {
            OldInstallation.at(old, 25).keboola("a\u001b[2J", "a", "local").close();
            assertEquals("a?[2J", apply().findings().getFirst().subject());
        }
    }

    /** Features of newer versions that restrict access. */
    @Nested
    class Newer {
        @Test
        void grantsAreThoseOfPackages() throws Exception {
            usual(124)
                    .keboola("in.c-crm.items", "items", "materialized")
                    .run(
                            "INSERT INTO data_packages (id, slug, name) VALUES ('p', 'crm', 'CRM')",
                            "INSERT INTO data_packages (id, slug, name, status) VALUES ('d', 'd', 'Draft', 'draft')",
                            "INSERT INTO data_package_tables (package_id, table_id) VALUES ('p', 'in.c-crm.items'),"
                                    + " ('d', 'in.c-crm.orders')")
                    .grant("g-analysts", "data_package", "p")
                    .grant("g-analysts", "data_package", "d")
                    .close();
            ImportPlan plan = apply();
            assertLeftOut(
                    "is not in force there: tables are read through packages",
                    plan,
                    Kind.GRANT,
                    "analysts in.c-crm.orders");
            assertLeftOut(
                    "is not in force there: no such package is handed out", plan, Kind.GRANT, "analysts package Draft");
            assertEquals(new Verdict.New("by package CRM"), verdict(plan, Kind.GRANT, "analysts in.c-crm.items"));
            assertEquals(
                    Set.of(new AccessRows.Grant(ANALYSTS, new TableId("in.c-crm.items"))),
                    here().access().grants());
        }

        @Test
        void grantsOnTablesThatAreNotHandedOutWholeAreHeldBack() throws Exception {
            OldInstallation.at(old, 124)
                    .keboola("rows", "rows", "materialized")
                    .keboola("far", "far", "materialized")
                    .run(
                            "UPDATE table_registry SET access_policy_sql = 'SELECT 1' WHERE id = 'rows'",
                            "UPDATE table_registry SET server_only = true WHERE id = 'far'",
                            "INSERT INTO data_packages (id, slug, name) VALUES ('p', 'p', 'All')",
                            "INSERT INTO data_package_tables (package_id, table_id) VALUES ('p', 'rows'), ('p', 'far')")
                    .grant("g-all", "data_package", "p")
                    .close();
            ImportPlan plan = apply();
            assertConflict(
                    "held back: a policy there shows a part of the table only", plan, Kind.GRANT, "Everyone rows");
            assertConflict("held back: no copy of the table is handed out there", plan, Kind.GRANT, "Everyone far");
            assertEquals(2, here().tables().size());
            assertEquals(Set.of(), here().access().grants());
        }

        @Test
        void tablesFromElsewhereAreLeftOut() throws Exception {
            OldInstallation.at(old, 124)
                    .keboola("ours", "ours", "materialized")
                    .keboola("theirs", "theirs", "materialized")
                    .run(
                            "INSERT INTO source_connections (id, name, source_type, config, is_default)"
                                    + " VALUES ('c1', 'c1', 'keboola', '{}', true), ('c2', 'c2', 'keboola', '{}', false)",
                            "UPDATE table_registry SET connection_id = 'c1' WHERE id = 'ours'",
                            "UPDATE table_registry SET connection_id = 'c2' WHERE id = 'theirs'",
                            "INSERT INTO table_registry (id, name, source_type, bucket, source_table, query_mode, bq_fqn)"
                                    + " VALUES ('q', 'q', 'bigquery', 'ds', 'q', 'remote', 'p.ds.q')",
                            "INSERT INTO table_registry (id, name, source_type, query_mode)"
                                    + " VALUES ('s', 's', 'snowflake', 'remote'), ('i', 'i', 'internal', 'local')")
                    .close();
            ImportPlan plan = apply();
            assertEquals(new Verdict.New(""), verdict(plan, Kind.TABLE, "ours"));
            assertLeftOut(
                    "it comes by a connection of its own; here there is one for each source type",
                    plan,
                    Kind.TABLE,
                    "theirs");
            assertLeftOut("it is at p.ds.q; here the project is that of the settings", plan, Kind.TABLE, "q");
            assertLeftOut("source type snowflake has no counterpart here", plan, Kind.TABLE, "s");
            assertLeftOut("source type internal has no counterpart here", plan, Kind.TABLE, "i");
        }

        @Test
        void aVersionThatIsNotKnownIsReadIfItHasTheColumns() throws Exception {
            usual(130)
                    .run("ALTER TABLE table_registry ADD COLUMN colour VARCHAR")
                    .close();
            assertEquals(130, apply().version());
            assertEquals(1, here().tables().size());
        }

        @Test
        void aVersionThatIsNotKnownAndLacksAColumnIsRefusedNamingIt() throws Exception {
            usual(130)
                    .run("ALTER TABLE sync_state RENAME COLUMN parts TO pieces")
                    .close();
            UpstreamException refused = assertThrows(UpstreamException.class, () -> UpstreamDatabase.read(old));
            assertEquals("upstream_column_missing", refused.code());
            assertEquals(
                    "database " + old + " has schema 130, newer than 124, and no column sync_state.parts",
                    refused.getMessage());
        }
    }

    @Nested
    class Sources {
        @Test
        void anOlderVersionIsRefusedNamingBoth() throws Exception {
            OldInstallation.at(old, 24).close();
            UpstreamException refused = assertThrows(UpstreamException.class, () -> UpstreamDatabase.read(old));
            assertEquals("upstream_version", refused.code());
            assertEquals(
                    "database " + old + " has schema 24, expected 25 or later; a newer Agnes for Python brings it up"
                            + " when it is started on it",
                    refused.getMessage());
        }

        @Test
        void aDatabaseOfAnotherKindIsRefused() throws Exception {
            Path other = directory.resolve("other.duckdb");
            try (Connection connection = DriverManager.getConnection("jdbc:duckdb:" + other);
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE orders (id INTEGER)");
            }
            assertEquals("upstream_version", code(other));
            OldInstallation.at(old, 25).run("DELETE FROM schema_version").close();
            assertEquals("upstream_version", code(old));
        }

        @Test
        void aColumnThatTheVersionPromisesAndThatIsMissingIsNamed() throws Exception {
            OldInstallation.at(old, 25)
                    .run("ALTER TABLE users DROP COLUMN active")
                    .close();
            assertEquals("upstream_column_missing", code(old));
            Files.delete(old);
            OldInstallation.at(old, 52).close();
            assertTrue(assertThrows(UpstreamException.class, () -> UpstreamDatabase.read(old))
                    .getMessage()
                    .endsWith("has schema 52 and no column data_packages.id"));
        }

        @Test
        void aViewIsNoTable() throws Exception {
            OldInstallation.at(old, 25)
                    .run("ALTER TABLE sync_state RENAME TO s", "CREATE VIEW sync_state AS SELECT * FROM s")
                    .close();
            assertEquals("upstream_column_missing", code(old));
        }

        @Test
        void whatIsNoDatabaseIsRefused() throws Exception {
            assertEquals("upstream_missing", code(old));
            assertEquals("upstream_missing", code(directory));
            Files.writeString(old, "not a database".repeat(1000));
            UpstreamException refused = assertThrows(UpstreamException.class, () -> UpstreamDatabase.read(old));
            assertEquals("file " + old + " cannot be read: it is not a DuckDB file", refused.getMessage());
            Files.write(old, new byte[0]);
            assertEquals("upstream_unreadable", code(old));
        }

        @Test
        void aLogBesideTheFileIsReadAndBothStayAsTheyAre() throws Exception {
            Path live = directory.resolve("live.duckdb");
            try (OldInstallation open = OldInstallation.at(live, 25)) {
                open.run("CHECKPOINT").keboola("late", "late", "local");
                Files.copy(live, old);
                Files.copy(directory.resolve("live.duckdb.wal"), directory.resolve("system.duckdb.wal"));
                Map<Path, String> before = contents(directory);
                assertEquals(
                        List.of("late"),
                        UpstreamDatabase.read(old).tables().stream()
                                .map(UpstreamData.Table::id)
                                .toList());
                assertEquals(before, contents(directory));
            }
        }
    }

    @Nested
    class TheirFiles {
        private Path write(String source, String name, int rows) throws Exception {
            Path file = data.resolve("extracts/" + source + "/data/" + name + ".parquet");
            Files.createDirectories(file.getParent());
            try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                    Statement statement = connection.createStatement()) {
                statement.execute(
                        "COPY (SELECT range AS id FROM range(" + rows + ")) TO '" + file + "' (FORMAT parquet)");
            }
            return file;
        }

        private String md5(Path file) throws Exception {
            return FileDigests.of(file).md5();
        }

        @Test
        void aRecordedFileIsServedAtOnceAndNotSyncedBeforeItsSchedule() throws Exception {
            Path byName = write("keboola", "orders", 3);
            Path byId = write("jira", "issues", 5);
            Instant now = Time.system().now();
            String recently = now.minusSeconds(600).toString().replace('T', ' ').replace("Z", "");
            usual(25)
                    .keboola("in.c-crm.items", "items", "local")
                    .run("INSERT INTO table_registry (id, name, source_type) VALUES ('issues', 'Issues', 'jira')")
                    .synced("orders", recently, md5(byName))
                    .synced("issues", recently, md5(byId))
                    .close();
            assertEquals(
                    new Verdict.New("extracts/keboola/data/orders.parquet"),
                    verdict(rehearse(), Kind.FILE, "in.c-crm.orders"));
            ImportPlan plan = apply();
            assertEquals(
                    new Verdict.New("extracts/keboola/data/orders.parquet, 3 rows"),
                    verdict(plan, Kind.FILE, "in.c-crm.orders"));
            assertLeftOut("was never brought there; the first run brings it", plan, Kind.FILE, "in.c-crm.items");
            Here here = here();
            TableVersion version = here.version("in.c-crm.orders").orElseThrow();
            assertEquals(FileDigests.of(byName), version.digest());
            assertEquals(FileDigests.of(byName), FileDigests.of(data.resolve(version.name())));
            assertEquals(3, version.rows());
            assertEquals(
                    FileDigests.of(byName),
                    FileDigests.of(data.resolve("extracts/keboola/data/in.c-crm.orders.parquet")));
            assertEquals(5, here.version("issues").orElseThrow().rows());
            assertEquals(List.of("in.c-crm.items"), due(now));
            assertEquals(List.of("in.c-crm.items", "in.c-crm.orders", "issues"), due(now.plusSeconds(3600)));
        }

        private List<String> due(Instant at) {
            try (Database database = Database.open(data.resolve("registry.duckdb"), directory)) {
                return new DueTables(
                                new RegistryTables(database),
                                table -> Optional.empty(),
                                new RegistryRuns(database),
                                Schedule.parse("every 1h"))
                        .at(at).stream().map(TableId::value).collect(Collectors.toList());
            }
        }

        @Test
        void aFileThatIsNotTheRecordedOneIsNotServedAndTheTableIsDue() throws Exception {
            write("keboola", "orders", 3);
            Path broken = Files.writeString(write("keboola", "items", 1), "no Parquet");
            usual(25)
                    .keboola("in.c-crm.items", "items", "local")
                    .synced("orders", "2026-01-01 00:00:00", "0".repeat(32))
                    .synced("items", "2026-01-01 00:00:00", md5(broken))
                    .close();
            ImportPlan plan = apply();
            for (String id : List.of("in.c-crm.orders", "in.c-crm.items")) {
                Verdict verdict = verdict(plan, Kind.FILE, id);
                assertTrue(verdict instanceof Verdict.LeftOut, verdict.toString());
                assertTrue(verdict.reason().endsWith("; the first run brings it"), verdict.reason());
            }
            Here here = here();
            assertEquals(2, here.tables().size());
            assertEquals(List.of(), here.versions());
            assertEquals(Map.of(), here.attempts());
            assertEquals(List.of(), leftovers());
        }

        private List<Path> leftovers() throws IOException {
            return ScratchFiles.of(data);
        }

        @Test
        void whatTheSourceIsSaidToHaveIsNotBelievedWithoutTheFile() throws Exception {
            usual(25)
                    .keboola("in.c-crm.items", "items", "local")
                    .synced("in.c-crm.orders", "2026-01-01 00:00:00", "0".repeat(32))
                    .synced("items", "2026-01-01 00:00:00", "0123456789ab")
                    .close();
            ImportPlan plan = apply();
            assertLeftOut("is not in this data directory; the first run brings it", plan, Kind.FILE, "in.c-crm.orders");
            assertLeftOut(
                    "is not one file of a known MD5 there; the first run brings it", plan, Kind.FILE, "in.c-crm.items");
            assertEquals(List.of(), here().versions());
        }

        @Test
        void anImportThatWasCutShortBeforeTheFilesIsGoneOnWith() throws Exception {
            usual(25).close();
            apply();
            Path file = write("keboola", "orders", 3);
            try (OldInstallation later = OldInstallation.reopened(old)) {
                later.synced("orders", "2026-01-01 00:00:00", md5(file));
            }
            ImportPlan plan = apply();
            assertEquals(new Verdict.Present(""), verdict(plan, Kind.TABLE, "in.c-crm.orders"));
            Here once = here();
            assertEquals(1, once.versions().size());
            assertEquals(0, apply().count(Verdict.New.class));
            assertEquals(once, here());
        }
    }
}
