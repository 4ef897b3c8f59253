package io.agnes.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tables that are not simply a table. */
class FakeTableTest {
    private static final String SOURCE = "out.c-shop.orders";
    private static final String SHOWN = "in.c-linked.orders";

    private final FakeKeboola keboola = FakeKeboola.builder().jobPolls(0).start();
    private final Client client = new Client(keboola);
    private FakeTable source;

    @BeforeEach
    void seed() {
        source = keboola.table(SOURCE).columns("id", "amount").row("1", "9.5");
    }

    @AfterEach
    void close() {
        client.close();
        keboola.close();
    }

    @Test
    void anAliasShowsItsSource() throws Exception {
        keboola.table(SHOWN).aliasOf(source);
        source.metadata("amount", "KBC.datatype.basetype", "NUMERIC").row("2", "10");
        Map<String, Object> alias = table(SHOWN);

        assertEquals(true, alias.get("isAlias"));
        assertEquals(2L, alias.get("rowsCount"));
        assertEquals(List.of("id", "amount"), alias.get("columns"));
        assertEquals(List.of(), alias.get("columnMetadata"));
        assertEquals(SOURCE, Client.at(alias, "sourceTable", "id"));
        assertEquals(578L, Client.at(alias, "sourceTable", "project", "id"));
        assertTrue(Client.at(alias, "sourceTable", "columnMetadata").toString().contains("NUMERIC"));
        assertEquals(false, Client.at(alias, "bucket", "isLinkedBucket"));
        assertEquals("\"1\",\"9.5\"\n\"2\",\"10\"\n", client.text(client.export(SHOWN, "{}")));
    }

    @Test
    void aLinkedBucketNamesAnotherProject() throws Exception {
        keboola.seed(Samples.WEATHER);
        keboola.table(SHOWN).linkedTo(keboola.table(Samples.WEATHER.tableId()));
        Map<String, Object> linked = table(SHOWN);

        assertEquals(true, Client.at(linked, "bucket", "isLinkedBucket"));
        assertEquals("in.c-demo", Client.at(linked, "bucket", "sourceBucket", "id"));
        assertEquals(579L, Client.at(linked, "sourceTable", "project", "id"));
        assertFalse(linked.containsKey("definition"));
        assertEquals(true, linked.get("isTyped"));
        assertTrue(Client.at(linked, "sourceTable", "definition").toString().contains("DATE"));
    }

    @Test
    void itsOwnExportsAreNotItsSources() throws Exception {
        keboola.table(SHOWN).aliasOf(source);

        assertFalse(client.export(SHOWN, "{}")
                .entries()
                .equals(client.export(SOURCE, "{}").entries()));
    }

    @Test
    void itGoesWithItsSourceAndIsItsOwnOnceItIsLoaded() throws Exception {
        FakeTable alias = keboola.table(SHOWN).aliasOf(source);
        assertThrows(IllegalStateException.class, () -> alias.row("2", "10"));
        assertThrows(
                IllegalArgumentException.class, () -> keboola.table("in.c-t.x").aliasOf(alias));
        source.drop();
        assertEquals(404, client.get("/tables/" + SHOWN).statusCode());
        alias.columns("id");
        assertEquals(false, table(SHOWN).get("isAlias"));
    }

    @Test
    void whatWasSaidOfAColumnIsTold() throws Exception {
        source.metadata("amount", "KBC.datatype.basetype", "NUMERIC").metadata("amount", "KBC.datatype.length", "10,2");
        String said = Client.at(table(SOURCE), "columnMetadata").toString();

        assertTrue(said.contains("key=KBC.datatype.basetype, value=NUMERIC, provider=user"), said);
        assertTrue(said.contains("value=10,2") && !said.contains("id=["), said);
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void aWholeFileIsOneObjectWithAHeader(Dialect dialect) throws Exception {
        try (FakeKeboola old =
                        FakeKeboola.builder().dialect(dialect).jobPolls(0).start();
                Client other = new Client(old)) {
            old.table(SOURCE).columns("id", "amount").row("1", "9.5").whole();
            Map<String, Object> job = other.job(SOURCE, "{}");
            Map<String, Object> file = other.file(Client.at(job, "results", "file", "id"));

            assertEquals(false, file.get("isSliced"));
            assertEquals(
                    "\"id\",\"amount\"\n\"1\",\"9.5\"\n",
                    Client.string(other.send(HttpRequest.newBuilder(URI.create((String) file.get("url"))))));
        }
    }

    /** Each cloud has its own way to write such a name into a signed address. */
    @ParameterizedTest
    @EnumSource(Dialect.class)
    void namesOfFilesMayBeOdd(Dialect dialect) throws Exception {
        try (FakeKeboola odd = FakeKeboola.builder()
                        .dialect(dialect)
                        .fileNamePrefix("a b+c%20/\u00fc&=;")
                        .jobPolls(0)
                        .start();
                Client other = new Client(odd)) {
            odd.table(SOURCE).columns("id").row("1");

            assertTrue(other.export(SOURCE, "{}").entries().getFirst().contains("a b+c%20/\u00fc&=;"));
        }
    }

    private Map<String, Object> table(String id) throws Exception {
        return Client.object(client.get("/tables/" + id));
    }
}
