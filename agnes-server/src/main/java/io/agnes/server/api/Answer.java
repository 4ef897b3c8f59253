// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.api;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An answer that is no problem.
 *
 * @param contentType empty for an answer without a body
 * @param schema null for a body that is no JSON
 */
public record Answer(
        int status, String contentType, @Nullable Schema schema, String description, List<Header> headers) {
    /** The content type of JSON. */
    public static final String JSON = "application/json";

    /** A header of the answer. */
    public record Header(String name, boolean required, String description) {}

    /** An answer without a body. */
    public static Answer empty(int status, String description) {
        return new Answer(status, "", null, description, List.of());
    }

    /** An answer of bytes or text. */
    public static Answer content(int status, String contentType, String description) {
        return new Answer(status, contentType, null, description, List.of());
    }

    /** An answer of JSON. */
    public static Answer json(int status, Schema schema, String description) {
        return new Answer(status, JSON, schema, description, List.of());
    }

    /** Adds a header that is always there. */
    public Answer header(String name, String meaning) {
        return with(new Header(name, true, meaning));
    }

    /** Adds a header that may be missing. */
    public Answer optionalHeader(String name, String meaning) {
        return with(new Header(name, false, meaning));
    }

    private Answer with(Header header) {
        return new Answer(
                status,
                contentType,
                schema,
                description,
                Stream.concat(headers.stream(), Stream.of(header)).toList());
    }
}
