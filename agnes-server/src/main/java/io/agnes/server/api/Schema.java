// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.api;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The shape of a JSON value. */
public sealed interface Schema {
    /**
     * A text.
     *
     * @param format a format of JSON Schema, as {@code date-time}; null for any
     * @param values the only texts there are; empty for any
     */
    record Text(@Nullable String format, List<String> values, String example) implements Schema {}

    /** A whole number. */
    record WholeNumber(long example) implements Schema {}

    /** True or false. */
    record Flag(boolean example) implements Schema {}

    /** A list. */
    record ListOf(Schema item) implements Schema {}

    /** An object whose keys are data, as ids of tables. */
    record MapOf(String exampleKey, Schema value) implements Schema {}

    /** Null, or a value of that shape. */
    record OrNull(Schema schema) implements Schema {}

    /** A value of one of these shapes. */
    record OneOf(List<Schema> schemas) implements Schema {}

    /**
     * An object with these fields.
     *
     * @param name of the component in the document
     */
    record Shape(String name, String description, List<Field> fields) implements Schema {
        /** Adds a field that is always there. */
        public Shape field(String field, Schema schema, String meaning) {
            return with(new Field(field, schema, true, meaning));
        }

        /** Adds a field that may be missing. */
        public Shape optional(String field, Schema schema, String meaning) {
            return with(new Field(field, schema, false, meaning));
        }

        private Shape with(Field field) {
            return new Shape(
                    name,
                    description,
                    Stream.concat(fields.stream(), Stream.of(field)).toList());
        }
    }

    /** A field of an object. */
    record Field(String name, Schema schema, boolean required, String description) {}

    /** Any text. */
    static Schema text(String example) {
        return new Text(null, List.of(), example);
    }

    /** A moment in UTC. */
    static Schema time() {
        return new Text("date-time", List.of(), "2026-03-04T05:06:07.890Z");
    }

    /** One of these words. */
    static Schema word(String... values) {
        return new Text(null, List.of(values), values[0]);
    }

    /** A whole number. */
    static Schema number(long example) {
        return new WholeNumber(example);
    }

    /** True or false. */
    static Schema flag(boolean example) {
        return new Flag(example);
    }

    /** A list. */
    static Schema list(Schema item) {
        return new ListOf(item);
    }

    /** An object whose keys are data. */
    static Schema map(String exampleKey, Schema value) {
        return new MapOf(exampleKey, value);
    }

    /** A value of one of these shapes. */
    static Schema oneOf(Schema... schemas) {
        return new OneOf(List.of(schemas));
    }

    /** An object; its fields are added to it. */
    static Shape shape(String name, String description) {
        return new Shape(name, description, List.of());
    }

    /** Null too. */
    default Schema orNull() {
        return new OrNull(this);
    }

    /** The shapes with a name in this one, itself included, each before those in it. */
    default List<Shape> shapes() {
        List<Shape> found = new ArrayList<>();
        if (this instanceof Shape shape) {
            found.add(shape);
        }
        parts().forEach(part -> found.addAll(part.shapes()));
        return found;
    }

    private List<Schema> parts() {
        return switch (this) {
            case Text text -> List.of();
            case WholeNumber number -> List.of();
            case Flag flag -> List.of();
            case ListOf list -> List.of(list.item());
            case MapOf map -> List.of(map.value());
            case OrNull nullable -> List.of(nullable.schema());
            case OneOf one -> one.schemas();
            case Shape shape -> shape.fields().stream().map(Field::schema).toList();
        };
    }
}
