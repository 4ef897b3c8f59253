// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.server.AgnesServer;
import io.agnes.server.api.Endpoint;
import io.agnes.server.api.OpenApi;
import io.agnes.server.route.HttpApi;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code agnes api export} describes the API without a server. */
@Tag("process")
@Timeout(180)
class ApiExportTest {
    @TempDir
    private Path scratch;

    private String output(String... arguments) throws Exception {
        try (AgnesProcess process = AgnesProcess.start(scratch, Map.of(), arguments)) {
            assertEquals(0, process.exitCode(), process.errors());
            return process.output();
        }
    }

    private static JsonObject json(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readObject();
        }
    }

    @Test
    void openApiIsWhatTheServerSends() throws Exception {
        String text = output("api", "export", "--format", "openapi");
        assertEquals(OpenApi.of(HttpApi.ENDPOINTS, AgnesServer.version()), json(text));
    }

    @Test
    void theFileIsMadeInPlaceOfTheOutput() throws Exception {
        Path file = scratch.resolve("agnes.json");
        assertEquals(
                "",
                output("api", "export", "--format", "openapi", "-o", file.toString())
                        .strip());
        assertEquals(OpenApi.of(HttpApi.ENDPOINTS, AgnesServer.version()), json(Files.readString(file)));
    }

    @Test
    void theCollectionHasAFolderForEachGroupAndARequestForEachEndpoint() throws Exception {
        JsonObject collection = json(output("api", "export", "--format", "postman"));
        assertTrue(collection.getJsonObject("info").getString("schema").contains("v2.1.0"));
        List<String> folders = new ArrayList<>();
        List<String> requests = new ArrayList<>();
        for (JsonObject folder : collection.getJsonArray("item").getValuesAs(JsonObject.class)) {
            folders.add(folder.getString("name"));
            for (JsonObject item : folder.getJsonArray("item").getValuesAs(JsonObject.class)) {
                JsonObject request = item.getJsonObject("request");
                String raw = request.getJsonObject("url").getString("raw");
                assertTrue(raw.startsWith("{{baseUrl}}/"), raw);
                requests.add(request.getString("method") + " "
                        + raw.substring("{{baseUrl}}".length()).replaceAll(":([a-z]+)", "{$1}"));
            }
        }
        assertEquals(HttpApi.ENDPOINTS.stream().map(Endpoint::group).distinct().toList(), folders);
        assertEquals(
                HttpApi.ENDPOINTS.stream()
                        .map(Endpoint::names)
                        .flatMap(List::stream)
                        .sorted()
                        .toList(),
                requests.stream().sorted().toList());
        JsonArray variables = collection.getJsonArray("variable");
        assertEquals("baseUrl", variables.getJsonObject(0).getString("key"));
        assertEquals("token", variables.getJsonObject(1).getString("key"));
    }

    @Test
    void anotherFormatIsRefused() throws Exception {
        try (AgnesProcess process = AgnesProcess.start(scratch, Map.of(), "api", "export", "--format", "raml")) {
            assertEquals(64, process.exitCode());
            assertTrue(process.errors().contains("openapi or postman"), process.errors());
        }
    }
}
