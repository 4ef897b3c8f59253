// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.AgnesException.Kind;
import io.agnes.core.sync.Discovered;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class RegistryRoutesTest {
    private static final String ORDERS = "/api/admin/registry/orders";

    @TempDir
    private Path data;

    private Served served;

    @BeforeEach
    void start() throws IOException {
        served = Served.over(data);
    }

    @AfterEach
    void stop() {
        served.close();
    }

    private Reply put(String body, String... headers) throws IOException {
        return served.as(served.admin, "PUT", ORDERS, body, headers);
    }

    private Reply delete(String... headers) throws IOException {
        return served.as(served.admin, "DELETE", ORDERS, null, headers);
    }

    private JsonObject orders() throws IOException {
        return served.get(served.admin, ORDERS).json();
    }

    private List<Path> filesOfOrders() throws IOException {
        try (Stream<Path> all = Files.walk(data)) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> data.relativize(file).toString().contains("orders"))
                    .toList();
        }
    }

    @Nested
    class FieldsOfASource {
        @Test
        void aLocalTableNeedsNeitherBucketNorSourceTable() throws Exception {
            Reply made = served.post(
                    served.admin, "/api/admin/register-table", "{\"id\": \"stock\", \"source_type\": \"local\"}");
            assertEquals(201, made.status(), made.text());
            assertEquals("local", made.json().getString("source_type"));
        }

        @Test
        void aLocalTableWithoutAnIdIsRefusedForThatAlone() throws Exception {
            Reply refused = served.post(served.admin, "/api/admin/register-table", "{\"source_type\": \"local\"}");
            assertEquals(422, refused.status(), refused.text());
            assertEquals(1, refused.json().getJsonArray("errors").size(), refused.text());
            assertTrue(refused.text().contains("\"field\":\"id\""), refused.text());
        }

        @Test
        void aKeboolaTableNeedsBothAndIsToldWhatTheyAre() throws Exception {
            Reply refused = served.post(
                    served.admin, "/api/admin/register-table", "{\"id\": \"orders\", \"source_type\": \"keboola\"}");
            assertEquals(422, refused.status(), refused.text());
            assertEquals(2, refused.json().getJsonArray("errors").size(), refused.text());
            assertTrue(refused.text().contains("is missing; it is the id of a bucket, as in.c-crm"), refused.text());
            assertTrue(refused.text().contains("is missing; it is the name of a table in the bucket"), refused.text());
        }
    }

    @Nested
    class Changing {
        @Test
        void onlyWhatIsSentChangesAndNullClears() throws Exception {
            served.register("orders");
            Reply first = put("""
                    {"description": "all of them", "folder": "crm", "schedule": "daily 06:00,18:00", "allow_empty": true,
                     "column_types": "as_is", "empty_as_null": "never", "primary_key": ["id", "line"], "source_query": "{}", "profile": true}""");
            assertEquals(200, first.status(), first.text());
            assertEquals("\"2\"", first.header("etag"));
            Reply second = put("{\"schedule\": null, \"source_query\": null, \"name\": \"Orders\"}");
            assertEquals(200, second.status(), second.text());
            JsonObject table = orders();
            assertEquals("all of them", table.getString("description"));
            assertEquals("crm", table.getString("folder"));
            assertEquals("Orders", table.getString("name"));
            assertEquals("as_is", table.getString("column_types"));
            assertEquals("never", table.getString("empty_as_null"));
            assertEquals("[\"id\",\"line\"]", table.getJsonArray("primary_key").toString());
            assertTrue(table.getBoolean("allow_empty"));
            assertTrue(table.getBoolean("profile"));
            assertTrue(table.isNull("schedule"));
            assertTrue(table.isNull("source_query"));
            assertEquals(3, table.getInt("revision"));
        }

        @Test
        void aChangeOnAnOldRevisionIsRefusedAndChangesNothing() throws Exception {
            served.register("orders");
            String etag = served.get(served.admin, ORDERS).header("etag");
            assertEquals(200, put("{\"folder\": \"a\"}", "If-Match: " + etag).status());
            Reply late = put("{\"folder\": \"b\"}", "If-Match: " + etag);
            assertEquals(412, late.status());
            assertEquals("precondition_failed", late.json().getString("code"));
            assertEquals("a", orders().getString("folder"));
        }

        @Test
        void everyBadFieldIsNamedAtOnceAndNothingChanges() throws Exception {
            served.register("orders");
            Reply refused = put("""
                    {"schedule": "hourly", "query_mode": "remotely", "primary_key": "id", "id": "other", "revision": 7,
                     "folder": 3, "column_types": "guess", "empty_as_null": "null", "profile": "yes"}""");
            assertEquals(422, refused.status());
            String errors = refused.json().getJsonArray("errors").toString();
            for (String field : List.of(
                    "schedule",
                    "query_mode",
                    "primary_key",
                    "id",
                    "revision",
                    "folder",
                    "column_types",
                    "empty_as_null",
                    "profile")) {
                assertTrue(errors.contains("\"field\":\"" + field + "\""), errors);
            }
            assertEquals(1, orders().getInt("revision"));
        }

        @Test
        void aNameThatAnotherTableHasIsRefused() throws Exception {
            served.register("orders", "clients");
            Reply refused = put("{\"name\": \"clients\"}");
            assertEquals(409, refused.status());
            assertEquals("clients", refused.json().getString("table_id"));
        }

        @Test
        void whatIsNotRegisteredCannotBeChangedOrRemoved() throws Exception {
            assertEquals(404, put("{}").status());
            assertEquals(404, delete().status());
            assertEquals(
                    "table_not_found", served.get(served.admin, ORDERS).json().getString("code"));
        }

        @Test
        void aPublishedTableStaysPublishedWhenItIsChanged() throws Exception {
            served.register("orders").grant("orders").publish("orders", "SELECT 1 AS n");
            assertEquals(200, put("{\"folder\": \"crm\"}").status());
            assertEquals(
                    200, served.get(served.analyst, Served.download("orders")).status());
        }
    }

    @Nested
    class Removing {
        @Test
        void versionsStateAndGrantsGoWithIt() throws Exception {
            served.register("orders").grant("orders").publish("orders", "SELECT 1 AS n");
            served.publish("orders", "SELECT 2 AS n");
            assertFalse(filesOfOrders().isEmpty());
            assertEquals(204, delete().status());
            assertEquals(List.of(), filesOfOrders());
            assertEquals(403, served.get(served.analyst, Served.check("orders")).status());
            served.register("orders");
            assertEquals(403, served.get(served.analyst, Served.check("orders")).status());
            served.grant("orders").publish("orders", "SELECT 3 AS n");
            assertEquals(
                    200, served.get(served.analyst, Served.download("orders")).status());
        }

        @Test
        void aTableThatIsRemovedWhileARunBringsItIsNotPublished() throws Exception {
            served.register("orders");
            served.source.does("orders", (table, marker, draft) -> {
                try {
                    assertEquals(204, delete().status());
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
                return ScriptedSource.copy("SELECT 1 AS n", draft.path(), null);
            });
            JsonObject run = served.sync("orders");
            assertEquals("failed", Served.outcome(run, "orders"), run.toString());
            assertEquals(List.of(), filesOfOrders());
        }
    }

    @Nested
    class Discovering {
        private JsonObject discover(String query) throws IOException {
            Reply reply = served.post(served.admin, "/api/admin/discover-and-register" + query, null);
            assertEquals(200, reply.status(), reply.text());
            return reply.json();
        }

        @Test
        void onlyWhatIsNewIsRegisteredAndADryRunWritesNothing() throws Exception {
            served.register("orders");
            served.source.lists(
                    new Discovered("in.c-crm", "orders", "orders", "orders"),
                    new Discovered("in.c-crm", "clients", "clients", "in.c-crm.clients"),
                    new Discovered("in.c-erp", "orders", "erp orders", "orders"),
                    new Discovered("in.c-erp", "a b", "spaced", "in.c-erp.a b"),
                    new Discovered("in.c-x", "one", "same", "in.c-x.one"),
                    new Discovered("in.c-x", "two", "same", "in.c-x.two"));
            JsonObject dry = discover("?dry_run=true");
            assertEquals(
                    "[\"in.c-crm.clients\"]", dry.getJsonArray("would_register").toString());
            assertEquals(
                    404,
                    served.get(served.admin, "/api/admin/registry/in.c-crm.clients")
                            .status());
            JsonObject done = discover("");
            assertEquals(
                    "[\"in.c-crm.clients\"]", done.getJsonArray("registered").toString());
            assertFalse(done.containsKey("would_register"));
            assertEquals(
                    200,
                    served.get(served.admin, "/api/admin/registry/in.c-crm.clients")
                            .status());
            JsonObject again = discover("");
            assertEquals("[]", again.getJsonArray("registered").toString());
            assertTrue(again.getJsonArray("skipped").toString().contains("in.c-crm.clients"), again.toString());
            assertEquals(1, again.getJsonArray("invalid").size(), again.toString());
            JsonObject drift = again.getJsonArray("drift").getJsonObject(0);
            assertEquals("same_id_diff_coords", drift.getString("drift_kind"), again.toString());
            assertEquals("in.c-erp", drift.getJsonObject("discovery").getString("bucket"));
            assertEquals("in.c-crm", drift.getJsonObject("registry").getString("bucket"));
            assertEquals(2, again.getJsonArray("errors").size(), again.toString());
        }

        @Test
        void anEmptyRegistryIsFilledByARunForAllAndNoOtherIs() throws Exception {
            served.source.lists(new Discovered("in.c-crm", "clients", "clients", "in.c-crm.clients"));
            assertEquals("published", Served.outcome(served.sync(), "in.c-crm.clients"));
            served.source.lists(new Discovered("in.c-crm", "orders", "orders", "in.c-crm.orders"));
            served.sync();
            assertEquals(
                    404,
                    served.get(served.admin, "/api/admin/registry/in.c-crm.orders")
                            .status());
        }
    }

    @Nested
    class AskingTheSource {
        private static final String REGISTER = "/api/admin/register-table";
        private static final String BODY = """
                {"id": "orders", "source_type": "keboola", "bucket": "in.c-crm", "source_table": "orders"}""";

        private void isNotRegistered() throws IOException {
            assertEquals(404, served.get(served.admin, ORDERS).status());
        }

        @Test
        void aTableThatTheSourceDoesNotHaveIsNotRegistered() throws IOException {
            served.source.refuses("orders", new Refusal(Kind.SOURCE_FINAL, "no_such_table", "There is none."));
            JsonObject problem = Problems.check(served.post(served.admin, REGISTER, BODY), 422, "validation_failed");
            assertEquals("no_such_table", problem.getString("source_code"));
            assertEquals(
                    "There is none. Nothing was registered; ?check=false registers without asking.",
                    problem.getString("detail"));
            isNotRegistered();
        }

        @Test
        void aSourceThatIsAwayRegistersNothingUnlessItIsNotAsked() throws IOException {
            served.source.refuses("orders", new Refusal(Kind.SOURCE_PASSING, "unreachable", "It is away."));
            JsonObject problem = Problems.check(served.post(served.admin, REGISTER, BODY), 502, "source_failed");
            assertTrue(problem.getString("detail").contains("Nothing was registered"), problem.toString());
            isNotRegistered();
            assertEquals(
                    201,
                    served.post(served.admin, REGISTER + "?check=false", BODY).status());
            Problems.check(served.post(served.admin, REGISTER + "?check=no", BODY), 422, "validation_failed");
        }

        @Test
        void aTableIsNotMovedToWhereTheSourceHasNone() throws IOException {
            served.register("orders");
            served.source.refuses("orders", new Refusal(Kind.SOURCE_FINAL, "no_such_table", "There is none."));
            assertEquals(200, put("{\"description\": \"only words\"}").status());
            Reply refused = put("{\"source_table\": \"typo\"}");
            assertEquals(422, refused.status(), refused.text());
            assertEquals("orders", orders().getString("source_table"));
            assertEquals(
                    200,
                    served.as(served.admin, "PUT", ORDERS + "?check=false", "{\"source_table\": \"typo\"}")
                            .status());
        }

        @Test
        void whatIsWrongInTheQueryIsToldWithTheOtherFields() throws IOException {
            served.source.cannotRead(
                    "{\"colums\": []}", new Refusal(Kind.REQUEST, "filter_invalid", "colums is unknown"));
            JsonObject problem = Problems.check(served.post(served.admin, REGISTER, """
                    {"id": "orders", "source_type": "keboola", "bucket": "in.c-crm", "source_table": "orders",
                     "schedule": "hourly", "source_query": "{\\"colums\\": []}"}"""), 422, "validation_failed");
            assertEquals(
                    List.of("schedule", "source_query"),
                    problem.getJsonArray("errors").getValuesAs(JsonObject.class).stream()
                            .map(error -> error.getString("field"))
                            .toList());
            assertTrue(problem.toString().contains("colums is unknown"), problem.toString());
        }
    }

    @Nested
    class Granting {
        private Reply grant(String group) throws IOException {
            return served.post(
                    served.admin, "/api/admin/grants", "{\"group\": \"" + group + "\", \"table_id\": \"orders\"}");
        }

        @Test
        void aGroupThatDoesNotExistIsRefusedWithTheNearest() throws IOException {
            served.register("orders");
            JsonObject problem = Problems.check(grant("raeders"), 422, "validation_failed");
            assertTrue(
                    problem.toString().contains("there is no group raeders; did you mean readers?"),
                    problem.toString());
            assertFalse(served.get(served.admin, "/api/admin/groups").text().contains("raeders"));
            assertEquals(201, grant("readers").status());
        }
    }

    @Test
    void aTableThatWantsToBeMeasuredIsAndItsFailureFailsNoSync() throws Exception {
        served.register("orders").grant("orders");
        assertEquals(200, put("{\"profile\": true}").status());
        served.publish("orders", "SELECT range AS n, CASE WHEN range < 3 THEN 'x' || range END AS s FROM range(10)");
        JsonObject profile = served.get(served.analyst, "/api/v2/tables/orders/schema")
                .json()
                .getJsonObject("profile");
        assertEquals(10, profile.getInt("rows"));
        JsonObject text = profile.getJsonArray("columns").getJsonObject(1);
        assertEquals(7, text.getInt("nulls"));
        assertEquals("x0", text.getString("min"));
        assertEquals("x2", text.getString("max"));
        assertEquals(3, text.getInt("approximate_distinct"));
        served.publish("orders", "SELECT {'a': 1, 'b': [2, 3]} AS nested, 'it''s'::BLOB AS bytes");
        assertTrue(served.get(served.analyst, "/api/v2/tables/orders/schema")
                .json()
                .containsKey("profile"));
    }

    @Test
    void anIdThatEndsLikeAFileOfOursIsRefused() throws Exception {
        Reply refused = served.post(served.admin, "/api/admin/register-table", """
                {"id": "orders.Parquet", "source_type": "keboola", "bucket": "in.c-crm", "source_table": "orders"}""");
        assertEquals(422, refused.status());
        served.register("a.link");
        served.publish("a.link", "SELECT 1 AS n");
        served.close();
        served = Served.over(data);
        assertEquals(200, served.get(served.admin, Served.download("a.link")).status());
    }
}
