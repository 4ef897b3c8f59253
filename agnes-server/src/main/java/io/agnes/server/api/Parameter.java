// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.api;

/**
 * A value in the path, the query or the headers of a request.
 *
 * @param schema a shape that is written as plain text, with an example
 */
public record Parameter(String name, In in, Schema schema, String description) {
    /** The place of a parameter. */
    public enum In {
        /** A part of the path; always needed. */
        PATH,
        /** Behind the question mark; never needed. */
        QUERY,
        /** A header; never needed. */
        HEADER
    }

    /** A part of the path. */
    public static Parameter path(String name, String example, String description) {
        return new Parameter(name, In.PATH, Schema.text(example), description);
    }

    /** A part of the query. */
    public static Parameter query(String name, Schema schema, String description) {
        return new Parameter(name, In.QUERY, schema, description);
    }

    /** A header of the request. */
    public static Parameter header(String name, String example, String description) {
        return new Parameter(name, In.HEADER, Schema.text(example), description);
    }
}
