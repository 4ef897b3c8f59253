// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.api;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes endpoints as a document of OpenAPI 3.1. */
public final class OpenApi {
    private static final String DESCRIPTION =
            "Verified Parquet files of tables, and the administration of them. Errors are application/problem+json; the"
                    + " code is stable, and /docs/problems explains each.";

    private OpenApi() {}

    /** @param version of the server */
    public static JsonObject of(List<Endpoint> endpoints, String version) {
        return Json.createObjectBuilder()
                .add("openapi", "3.1.0")
                .add(
                        "info",
                        Json.createObjectBuilder()
                                .add("title", "Agnes")
                                .add("version", version)
                                .add("description", DESCRIPTION)
                                .add(
                                        "license",
                                        Json.createObjectBuilder()
                                                .add("name", "Apache-2.0")
                                                .add("identifier", "Apache-2.0")))
                .add(
                        "servers",
                        Json.createArrayBuilder().add(Json.createObjectBuilder().add("url", "/")))
                .add("tags", tags(endpoints))
                .add("paths", paths(endpoints))
                .add("components", components(endpoints))
                .build();
    }

    private static JsonArrayBuilder tags(List<Endpoint> endpoints) {
        JsonArrayBuilder tags = Json.createArrayBuilder();
        endpoints.stream()
                .map(Endpoint::group)
                .distinct()
                .forEach(group -> tags.add(Json.createObjectBuilder().add("name", group)));
        return tags;
    }

    private static JsonObjectBuilder paths(List<Endpoint> endpoints) {
        Map<String, List<Endpoint>> byPath = endpoints.stream()
                .collect(Collectors.groupingBy(Endpoint::path, LinkedHashMap::new, Collectors.toList()));
        JsonObjectBuilder paths = Json.createObjectBuilder();
        byPath.forEach((path, all) -> {
            JsonObjectBuilder item = Json.createObjectBuilder();
            all.forEach(endpoint -> endpoint.methods()
                    .forEach(method -> item.add(method.toLowerCase(Locale.ROOT), operation(endpoint, method))));
            paths.add(path, item);
        });
        return paths;
    }

    private static JsonObjectBuilder operation(Endpoint endpoint, String method) {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("operationId", operationId(endpoint, method))
                .add("tags", Json.createArrayBuilder().add(endpoint.group()))
                .add("summary", endpoint.summary())
                .add("description", "Who: " + endpoint.who().text() + ".")
                .add("security", security(endpoint.who()));
        if (!endpoint.parameters().isEmpty()) {
            JsonArrayBuilder parameters = Json.createArrayBuilder();
            endpoint.parameters().forEach(parameter -> parameters.add(parameter(parameter)));
            json.add("parameters", parameters);
        }
        Endpoint.Body body = endpoint.body();
        if (body != null) {
            json.add(
                    "requestBody",
                    Json.createObjectBuilder()
                            .add("required", body.required())
                            .add("content", content(Answer.JSON, SchemaJson.of(body.schema()))));
        }
        return json.add("responses", responses(endpoint, method));
    }

    /** The method and the parts of the path, as {@code getApiDataIdDownload}. */
    private static String operationId(Endpoint endpoint, String method) {
        return method.toLowerCase(Locale.ROOT)
                + Stream.of(endpoint.path().split("[^A-Za-z0-9]+"))
                        .filter(part -> !part.isEmpty())
                        .map(part -> part.substring(0, 1).toUpperCase(Locale.ROOT) + part.substring(1))
                        .collect(Collectors.joining());
    }

    private static JsonArrayBuilder security(Who who) {
        JsonArrayBuilder security = Json.createArrayBuilder();
        if (who != Who.PUBLIC) {
            security.add(Json.createObjectBuilder().add("bearer", Json.createArrayBuilder()))
                    .add(Json.createObjectBuilder().add("apiKey", Json.createArrayBuilder()));
        }
        return security;
    }

    private static JsonObjectBuilder parameter(Parameter parameter) {
        return Json.createObjectBuilder()
                .add("name", parameter.name())
                .add("in", parameter.in().name().toLowerCase(Locale.ROOT))
                .add("required", parameter.in() == Parameter.In.PATH)
                .add("description", parameter.description())
                .add("schema", SchemaJson.of(parameter.schema()))
                .add("example", SchemaJson.example(parameter.schema()));
    }

    private static JsonObjectBuilder responses(Endpoint endpoint, String method) {
        Map<Integer, Set<ProblemCode>> problems = endpoint.allProblems();
        SortedMap<Integer, Response> responses = new TreeMap<>();
        endpoint.answers()
                .forEach(answer -> responses
                        .computeIfAbsent(answer.status(), status -> new Response())
                        .add(answer));
        problems.forEach((status, codes) ->
                responses.computeIfAbsent(status, none -> new Response()).add(status, codes));
        boolean bodiless = method.equals("HEAD");
        JsonObjectBuilder json = Json.createObjectBuilder();
        responses.forEach((status, response) -> json.add(Integer.toString(status), response.json(bodiless)));
        Response any = new Response();
        any.add(0, Endpoint.COMMON_PROBLEMS);
        return json.add("default", any.json(bodiless));
    }

    private static JsonObjectBuilder content(String type, JsonObject schema) {
        return Json.createObjectBuilder().add(type, Json.createObjectBuilder().add("schema", schema));
    }

    /** What one status stands for. */
    private static final class Response {
        private final JsonArrayBuilder words = Json.createArrayBuilder();
        private final JsonObjectBuilder content = Json.createObjectBuilder();
        private final JsonObjectBuilder headers = Json.createObjectBuilder()
                .add("X-Request-Id", Json.createObjectBuilder().add("$ref", "#/components/headers/RequestId"));

        void add(Answer answer) {
            words.add(answer.description());
            answer.headers().forEach(header -> addHeader(header.name(), header.required(), header.description()));
            if (answer.schema() != null) {
                content.add(
                        answer.contentType(), Json.createObjectBuilder().add("schema", SchemaJson.of(answer.schema())));
            } else if (!answer.contentType().isEmpty()) {
                content.add(answer.contentType(), Json.createObjectBuilder());
            }
        }

        void add(int status, Collection<ProblemCode> codes) {
            codes.forEach(code -> words.add(code.text() + ": " + code.title() + "."));
            JsonArrayBuilder texts = Json.createArrayBuilder();
            codes.forEach(code -> texts.add(code.text()));
            JsonObjectBuilder narrowed = Json.createObjectBuilder()
                    .add(
                            "properties",
                            Json.createObjectBuilder()
                                    .add("code", Json.createObjectBuilder().add("enum", texts)));
            content.add(
                    ProblemSchema.CONTENT_TYPE,
                    Json.createObjectBuilder()
                            .add(
                                    "schema",
                                    Json.createObjectBuilder()
                                            .add(
                                                    "allOf",
                                                    Json.createArrayBuilder()
                                                            .add(SchemaJson.of(ProblemSchema.PROBLEM))
                                                            .add(narrowed))));
            switch (status) {
                case 401 -> addHeader("WWW-Authenticate", true, "Bearer");
                case 416 -> addHeader("Content-Range", true, "the length of the file");
                case 429 -> addHeader("Retry-After", true, "seconds to wait");
                case 503 -> addHeader("Retry-After", false, "seconds to wait");
                default -> {}
            }
        }

        private void addHeader(String name, boolean required, String description) {
            headers.add(
                    name,
                    Json.createObjectBuilder()
                            .add("description", description)
                            .add("required", required)
                            .add("schema", SchemaJson.of(Schema.text(""))));
        }

        JsonObjectBuilder json(boolean bodiless) {
            String description = words.build().stream()
                    .map(word -> ((JsonString) word).getString())
                    .collect(Collectors.joining(" "));
            JsonObjectBuilder json =
                    Json.createObjectBuilder().add("description", description).add("headers", headers);
            JsonObject all = content.build();
            return bodiless || all.isEmpty() ? json : json.add("content", all);
        }
    }

    private static JsonObjectBuilder components(List<Endpoint> endpoints) {
        JsonObjectBuilder schemas = Json.createObjectBuilder();
        shapes(endpoints).values().forEach(shape -> schemas.add(shape.name(), SchemaJson.component(shape)));
        JsonObjectBuilder requestId = Json.createObjectBuilder()
                .add("description", "the id of the request in the log")
                .add("required", true)
                .add("schema", SchemaJson.of(Schema.text("")));
        return Json.createObjectBuilder()
                .add("schemas", schemas)
                .add("headers", Json.createObjectBuilder().add("RequestId", requestId))
                .add(
                        "securitySchemes",
                        Json.createObjectBuilder()
                                .add(
                                        "bearer",
                                        Json.createObjectBuilder()
                                                .add("type", "http")
                                                .add("scheme", "bearer")
                                                .add("description", "A token of POST /api/admin/tokens."))
                                .add(
                                        "apiKey",
                                        Json.createObjectBuilder()
                                                .add("type", "apiKey")
                                                .add("in", "header")
                                                .add("name", "X-API-Key")
                                                .add("description", "The same token.")));
    }

    /** Every object with a name, by name. */
    static SortedMap<String, Schema.Shape> shapes(List<Endpoint> endpoints) {
        SortedMap<String, Schema.Shape> shapes = new TreeMap<>();
        Stream.concat(Stream.of(ProblemSchema.PROBLEM), endpoints.stream().flatMap(OpenApi::schemas))
                .flatMap(schema -> schema.shapes().stream())
                .forEach(shape -> {
                    Schema.Shape other = shapes.putIfAbsent(shape.name(), shape);
                    if (other != null && !other.equals(shape)) {
                        throw new IllegalStateException("two shapes are called " + shape.name());
                    }
                });
        return shapes;
    }

    private static Stream<Schema> schemas(Endpoint endpoint) {
        Endpoint.Body body = endpoint.body();
        return Stream.concat(
                body == null ? Stream.of() : Stream.of(body.schema()),
                endpoint.answers().stream().map(Answer::schema).flatMap(Stream::ofNullable));
    }
}
