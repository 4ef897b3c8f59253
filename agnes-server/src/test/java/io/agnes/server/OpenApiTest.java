// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.agnes.server.api.Endpoint;
import io.agnes.server.api.OpenApi;
import io.agnes.server.route.HttpApi;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The document of OpenAPI 3.1 that describes the API. */
class OpenApiTest {
    /** The schema of the specification, with that of the schemas in a document. */
    private static final String SPECIFICATION = "https://spec.openapis.org/oas/3.1/schema-base/2022-10-07";

    private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            registry -> registry.schemaIdResolvers(
                    ids -> ids.mapPrefix("https://spec.openapis.org", "classpath:spec.openapis.org")));

    private static final Path PROJECT = Path.of(System.getProperty("agnes.project.dir"));

    /** As {@code GET·HEAD /path} in a row of a table. */
    private static final Pattern LISTED = Pattern.compile("(?<=\\| |, )`([A-Z]+(?:·[A-Z]+)*) (/[^`]*)`(?=,| \\|)");

    private static final JsonObject DOCUMENT = OpenApi.of(HttpApi.ENDPOINTS, "1.2.3");

    private static List<?> problems(JsonObject document) {
        return SCHEMAS.getSchema(SchemaLocation.of(SPECIFICATION)).validate(document.toString(), InputFormat.JSON);
    }

    @Test
    void theDocumentIsValidByTheSchemaOfTheSpecification() {
        assertEquals(List.of(), problems(DOCUMENT));
    }

    @Test
    void theValidatorFindsWhatIsWrong() {
        assertFalse(problems(Json.createObjectBuilder(DOCUMENT).remove("info").build())
                .isEmpty());
        JsonObject badType = Json.createObjectBuilder().add("type", "txt").build();
        JsonObject badComponents = Json.createObjectBuilder()
                .add("schemas", Json.createObjectBuilder().add("Bad", badType))
                .build();
        assertFalse(problems(Json.createObjectBuilder(DOCUMENT)
                        .add("components", badComponents)
                        .build())
                .isEmpty());
    }

    @Test
    void everyExampleOfAShapeIsValidByItsSchema() {
        for (String name :
                DOCUMENT.getJsonObject("components").getJsonObject("schemas").keySet()) {
            JsonObject schema = Json.createObjectBuilder()
                    .add("$ref", "#/components/schemas/" + name)
                    .add("components", DOCUMENT.getJsonObject("components"))
                    .build();
            JsonValue example = DOCUMENT.getValue("/components/schemas/" + name + "/examples/0");
            assertEquals(
                    List.of(),
                    SCHEMAS.getSchema(schema.toString(), InputFormat.JSON)
                            .validate(example.toString(), InputFormat.JSON),
                    name);
        }
    }

    @Test
    void everyReferenceLeadsToAComponentAndEveryComponentIsUsed() {
        Set<String> references = strings(DOCUMENT, "$ref");
        Set<String> components = new TreeSet<>();
        for (String kind : List.of("schemas", "headers")) {
            DOCUMENT.getJsonObject("components")
                    .getJsonObject(kind)
                    .keySet()
                    .forEach(name -> components.add("#/components/" + kind + "/" + name));
        }
        assertEquals(components, references);
    }

    @Test
    void everyEndpointIsAnOperationWithANameOfItsOwn() {
        Set<String> operations = new TreeSet<>();
        DOCUMENT.getJsonObject("paths")
                .forEach((path, item) -> item.asJsonObject()
                        .keySet()
                        .forEach(method -> operations.add(method.toUpperCase(Locale.ROOT) + " " + path)));
        Set<String> endpoints = HttpApi.ENDPOINTS.stream()
                .map(Endpoint::names)
                .flatMap(List::stream)
                .collect(Collectors.toSet());
        assertEquals(new TreeSet<>(endpoints), operations);
        assertEquals(operations.size(), strings(DOCUMENT, "operationId").size());
    }

    @Test
    void everyEndpointIsInTheTableOfTheReadme() throws IOException {
        String readme = Files.readString(PROJECT.resolve("agnes-server/README.md"));
        Set<String> listed = new TreeSet<>();
        LISTED.matcher(readme)
                .results()
                .forEach(row -> Stream.of(row.group(1).split("·")).forEach(m -> listed.add(m + " " + row.group(2))));
        Set<String> endpoints = new TreeSet<>();
        HttpApi.ENDPOINTS.forEach(endpoint -> endpoints.addAll(endpoint.names()));
        assertEquals(endpoints, listed);
    }

    @Test
    void onlyOpenEndpointsNeedNoToken() {
        DOCUMENT.getJsonObject("paths")
                .forEach((path, item) -> item.asJsonObject().forEach((method, operation) -> {
                    JsonArray security = operation.asJsonObject().getJsonArray("security");
                    boolean open =
                            operation.asJsonObject().getString("description").equals("Who: needs no token.");
                    assertEquals(open ? "[]" : "[{\"bearer\":[]},{\"apiKey\":[]}]", security.toString(), path);
                }));
        assertTrue(DOCUMENT.getJsonObject("paths").containsKey("/openapi.json"));
    }

    /** The texts of every field of that name. */
    private static Set<String> strings(JsonValue json, String field) {
        Set<String> found = new HashSet<>();
        List<JsonValue> open = new ArrayList<>(List.of(json));
        while (!open.isEmpty()) {
            switch (open.removeLast()) {
                case JsonObject object -> {
                    for (Map.Entry<String, JsonValue> entry : object.entrySet()) {
                        if (entry.getKey().equals(field) && entry.getValue() instanceof JsonString text) {
                            found.add(text.getString());
                        }
                        open.add(entry.getValue());
                    }
                }
                case JsonArray array -> open.addAll(array);
                default -> {}
            }
        }
        return new TreeSet<>(found);
    }
}
