// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.api;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes shapes as JSON Schema 2020-12, as a phrase for people, and as an example. */
final class SchemaJson {
    private static final String COMPONENTS = "#/components/schemas/";

    private SchemaJson() {}

    /** The schema; an object with a name is a reference to its component. */
    static JsonObject of(Schema schema) {
        return switch (schema) {
            case Schema.Text text -> text(text);
            case Schema.WholeNumber number -> type("integer").build();
            case Schema.Flag flag -> type("boolean").build();
            case Schema.ListOf list ->
                type("array").add("items", of(list.item())).build();
            case Schema.MapOf map ->
                type("object").add("additionalProperties", of(map.value())).build();
            case Schema.OrNull nullable ->
                any(Stream.of(of(nullable.schema()), type("null").build()));
            case Schema.OneOf one -> any(one.schemas().stream().map(SchemaJson::of));
            case Schema.Shape shape ->
                Json.createObjectBuilder()
                        .add("$ref", COMPONENTS + shape.name())
                        .build();
        };
    }

    /** The component of an object with a name. */
    static JsonObject component(Schema.Shape shape) {
        JsonObjectBuilder properties = Json.createObjectBuilder();
        JsonArrayBuilder required = Json.createArrayBuilder();
        for (Schema.Field field : shape.fields()) {
            // Siblings of a reference are allowed since 3.1.
            properties.add(
                    field.name(), Json.createObjectBuilder(of(field.schema())).add("description", field.description()));
            if (field.required()) {
                required.add(field.name());
            }
        }
        return type("object")
                .add("description", shape.description())
                .add("properties", properties)
                .add("required", required)
                .add("examples", Json.createArrayBuilder().add(example(shape)))
                .build();
    }

    private static JsonObject text(Schema.Text text) {
        JsonObjectBuilder json = type("string");
        if (text.format() != null) {
            json.add("format", text.format());
        }
        if (!text.values().isEmpty()) {
            json.add("enum", Json.createArrayBuilder(text.values()));
        }
        return json.build();
    }

    private static JsonObjectBuilder type(String name) {
        return Json.createObjectBuilder().add("type", name);
    }

    private static JsonObject any(Stream<JsonObject> schemas) {
        JsonArrayBuilder any = Json.createArrayBuilder();
        schemas.forEach(any::add);
        return Json.createObjectBuilder().add("anyOf", any).build();
    }

    /** A value of that shape. */
    static JsonValue example(Schema schema) {
        return switch (schema) {
            case Schema.Text text -> Json.createValue(text.example());
            case Schema.WholeNumber number -> Json.createValue(number.example());
            case Schema.Flag flag -> flag.example() ? JsonValue.TRUE : JsonValue.FALSE;
            case Schema.ListOf list ->
                Json.createArrayBuilder(List.of(example(list.item()))).build();
            case Schema.MapOf map ->
                Json.createObjectBuilder()
                        .add(map.exampleKey(), example(map.value()))
                        .build();
            case Schema.OrNull nullable -> example(nullable.schema());
            case Schema.OneOf one -> example(one.schemas().getFirst());
            case Schema.Shape shape -> {
                JsonObjectBuilder json = Json.createObjectBuilder();
                shape.fields().forEach(field -> json.add(field.name(), example(field.schema())));
                yield json.build();
            }
        };
    }

    /** A phrase for people. */
    static String phrase(Schema schema) {
        return switch (schema) {
            case Schema.Text text
            when !text.values().isEmpty() ->
                text.values().stream().map(value -> '"' + value + '"').collect(Collectors.joining(", "));
            case Schema.Text text -> text.format() == null ? "text" : text.format();
            case Schema.WholeNumber number -> "whole number";
            case Schema.Flag flag -> "true or false";
            case Schema.ListOf list -> "list of " + phrase(list.item());
            case Schema.MapOf map -> "object of " + phrase(map.value());
            case Schema.OrNull nullable -> phrase(nullable.schema()) + " or null";
            case Schema.OneOf one ->
                one.schemas().stream().map(SchemaJson::phrase).collect(Collectors.joining(" or "));
            case Schema.Shape shape -> shape.name();
        };
    }
}
