// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.Secret;
import io.agnes.core.Time;
import io.agnes.core.sync.SourceType;
import io.agnes.server.access.Name;
import io.agnes.server.access.Scope;
import io.agnes.server.settings.Settings;
import io.agnes.server.settings.SettingsReader;
import io.agnes.server.settings.Sources;
import io.agnes.server.toysource.ToySourceType;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A new source, added as docs/architecture.md describes: the package {@code toysource} and one line in a list. */
@Timeout(60)
class ToySourceTest {
    private static final Name ADMIN = new Name("ada");

    @TempDir
    private Path data;

    private AgnesServer server;
    private Wire wire;
    private String token;

    @BeforeEach
    void start() throws IOException {
        List<SourceType<?>> types = new ArrayList<>(Sources.TYPES);
        types.add(new ToySourceType()); // the line
        Map<String, String> flags = Map.of("data-dir", data.toString(), "port", "0", "http.shutdown-delay-sec", "0");
        Settings settings = SettingsReader.read(flags, Map.of("AGNES_TOY_ROWS", "5"), null, types);
        server = AgnesServer.start(settings, Time.system());
        wire = new Wire(server.address());
        Instant now = Instant.now();
        server.access().putUser(ADMIN, Set.of(Name.ADMIN_GROUP), ADMIN, now);
        Secret minted = server.access().mint(ADMIN, EnumSet.allOf(Scope.class), now, now.plusSeconds(600), ADMIN);
        token = "Authorization: Bearer " + minted.reveal();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Reply register(String body) throws IOException {
        return wire.sendBody("POST", "/api/admin/register-table", body, token);
    }

    private JsonObject sync() throws IOException {
        String run =
                wire.sendBody("POST", "/api/sync/trigger", "null", token).json().getString("run_id");
        JsonObject found = wire.send("GET", "/api/sync/runs/" + run, token).json();
        while (found.getString("status").equals("running")) {
            found = wire.send("GET", "/api/sync/runs/" + run, token).json();
        }
        return found;
    }

    @Test
    void aTableIsRegisteredSyncedAndDownloaded() throws IOException {
        Reply registered = register("{\"id\": \"sevens\", \"source_type\": \"toy\", \"source_table\": \"7\"}");
        assertEquals(201, registered.status(), registered.text());
        assertEquals("published", Served.outcome(sync(), "sevens"));
        Reply download = wire.send("GET", Served.download("sevens"), token);
        assertEquals(200, download.status());
        assertTrue(download.text().startsWith("PAR1"));
    }

    @Test
    void aFieldThatTheSourceNeedsIsAskedForByItsOwnWords() throws IOException {
        Reply refused = register("{\"id\": \"sevens\", \"source_type\": \"toy\"}");
        assertEquals(422, refused.status(), refused.text());
        assertTrue(
                refused.text().contains("is missing; it is the number whose multiples are the rows"), refused.text());
        Reply noNumber = register("{\"id\": \"sevens\", \"source_type\": \"toy\", \"source_table\": \"seven\"}");
        assertEquals(422, noNumber.status(), noNumber.text());
        assertTrue(noNumber.text().contains("must be a number of one to four digits"), noNumber.text());
    }

    @Test
    void itsTablesAreDiscovered() throws IOException {
        Reply found = wire.sendBody("POST", "/api/admin/discover-and-register", "null", token);
        assertEquals(200, found.status(), found.text());
        assertTrue(found.text().contains("multiples-of-3"), found.text());
    }

    @Test
    void itIsInHealthLikeEverySource() throws IOException {
        assertTrue(
                wire.send("GET", "/api/health").json().getJsonObject("sources").containsKey("toy"));
    }
}
