// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.api;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonStructure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes endpoints as a collection of Postman 2.1: a folder for each group, and the variables {@code baseUrl} and {@code token}.
 * Values in queries are encoded as in an address, and are switched off.
 */
public final class Postman {
    private static final String SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json";
    private static final String BASE = "{{baseUrl}}";

    private Postman() {}

    /** @param version of the server */
    public static JsonObject of(List<Endpoint> endpoints, String version) {
        Map<String, List<Endpoint>> groups = endpoints.stream()
                .collect(Collectors.groupingBy(Endpoint::group, LinkedHashMap::new, Collectors.toList()));
        JsonArrayBuilder folders = Json.createArrayBuilder();
        groups.forEach((group, all) -> folders.add(folder(group, all)));
        return Json.createObjectBuilder()
                .add(
                        "info",
                        Json.createObjectBuilder()
                                .add("name", "Agnes " + version)
                                .add("schema", SCHEMA))
                .add("auth", bearer())
                .add(
                        "variable",
                        Json.createArrayBuilder()
                                .add(variable("baseUrl", "http://127.0.0.1:8080"))
                                .add(variable("token", "")))
                .add("item", folders)
                .build();
    }

    private static JsonObjectBuilder bearer() {
        return Json.createObjectBuilder()
                .add("type", "bearer")
                .add("bearer", Json.createArrayBuilder().add(variable("token", "{{token}}")));
    }

    private static JsonObjectBuilder variable(String key, String value) {
        return Json.createObjectBuilder().add("key", key).add("value", value).add("type", "string");
    }

    private static JsonObjectBuilder folder(String group, List<Endpoint> endpoints) {
        JsonArrayBuilder items = Json.createArrayBuilder();
        for (Endpoint endpoint : endpoints) {
            endpoint.methods().forEach(method -> items.add(item(endpoint, method)));
        }
        return Json.createObjectBuilder().add("name", group).add("item", items);
    }

    private static JsonObjectBuilder item(Endpoint endpoint, String method) {
        JsonObjectBuilder request = Json.createObjectBuilder()
                .add("method", method)
                .add("description", "Who: " + endpoint.who().text() + ".")
                .add("header", headers(endpoint))
                .add("url", url(endpoint));
        if (endpoint.who() == Who.PUBLIC) {
            request.add("auth", Json.createObjectBuilder().add("type", "noauth"));
        }
        Endpoint.Body body = endpoint.body();
        if (body != null) {
            request.add("body", body(SchemaJson.example(body.schema()).toString()));
        }
        return Json.createObjectBuilder()
                .add("name", endpoint.summary() + (method.equals("HEAD") ? " (HEAD)" : ""))
                .add("request", request)
                .add("response", Json.createArrayBuilder());
    }

    private static JsonObjectBuilder body(String example) {
        JsonStructure options = Json.createObjectBuilder()
                .add("raw", Json.createObjectBuilder().add("language", "json"))
                .build();
        return Json.createObjectBuilder().add("mode", "raw").add("raw", example).add("options", options);
    }

    private static JsonArrayBuilder headers(Endpoint endpoint) {
        JsonArrayBuilder headers = Json.createArrayBuilder();
        if (endpoint.body() != null) {
            headers.add(variable("Content-Type", Answer.JSON));
        }
        in(endpoint, Parameter.In.HEADER).forEach(parameter -> headers.add(off(parameter, Curl.example(parameter))));
        return headers;
    }

    private static JsonObjectBuilder url(Endpoint endpoint) {
        JsonArrayBuilder path = Json.createArrayBuilder();
        StringBuilder raw = new StringBuilder(BASE);
        for (String part : endpoint.path().substring(1).split("/", -1)) {
            String written = part.replaceFirst("^\\{(.*)}$", ":$1");
            path.add(written);
            raw.append('/').append(written);
        }
        JsonArrayBuilder variables = Json.createArrayBuilder();
        in(endpoint, Parameter.In.PATH)
                .forEach(parameter -> variables.add(Json.createObjectBuilder()
                        .add("key", parameter.name())
                        .add("value", Curl.encoded(parameter))
                        .add("description", parameter.description())));
        JsonArrayBuilder query = Json.createArrayBuilder();
        in(endpoint, Parameter.In.QUERY).forEach(parameter -> query.add(off(parameter, Curl.encoded(parameter))));
        return Json.createObjectBuilder()
                .add("raw", raw.toString())
                .add("host", Json.createArrayBuilder().add(BASE))
                .add("path", path)
                .add("query", query)
                .add("variable", variables);
    }

    private static JsonObjectBuilder off(Parameter parameter, String value) {
        return Json.createObjectBuilder()
                .add("key", parameter.name())
                .add("value", value)
                .add("description", parameter.description())
                .add("disabled", true);
    }

    private static Stream<Parameter> in(Endpoint endpoint, Parameter.In in) {
        return endpoint.parameters().stream().filter(parameter -> parameter.in() == in);
    }
}
