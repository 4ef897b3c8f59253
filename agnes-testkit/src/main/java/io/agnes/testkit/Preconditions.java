// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The conditions of a request on the generations of the current object. A null condition always holds.
 *
 * @param generationMatch 0 requires that there is no object
 */
record Preconditions(
        @Nullable Long generationMatch,
        @Nullable Long generationNotMatch,
        @Nullable Long metagenerationMatch,
        @Nullable Long metagenerationNotMatch) {

    static final Preconditions NONE = new Preconditions(null, null, null, null);

    /**
     * The conditions in the parameters of a request.
     *
     * @param prefix {@code if}, or {@code ifSource} for the source of a copy
     * @throws CloudRefusal 400 if one is no number
     */
    static Preconditions of(Map<String, String> parameters, String prefix) {
        return new Preconditions(
                number(parameters, prefix + "GenerationMatch"),
                number(parameters, prefix + "GenerationNotMatch"),
                number(parameters, prefix + "MetagenerationMatch"),
                number(parameters, prefix + "MetagenerationNotMatch"));
    }

    /** The conditions in the headers of a request to the XML API. */
    static Preconditions ofHeaders(Request request) {
        String generation = request.header("x-goog-if-generation-match");
        String metageneration = request.header("x-goog-if-metageneration-match");
        return new Preconditions(
                generation == null ? null : parse("x-goog-if-generation-match", generation),
                null,
                metageneration == null ? null : parse("x-goog-if-metageneration-match", metageneration),
                null);
    }

    /** @throws CloudRefusal 400 if the parameter is there and no number */
    static @Nullable Long number(Map<String, String> parameters, String name) {
        String value = parameters.get(name);
        return value == null ? null : parse(name, value);
    }

    private static Long parse(String name, String value) {
        try {
            return Long.valueOf(value);
        } catch (NumberFormatException e) {
            throw CloudRefusal.invalid("Invalid value for " + name + ": " + value);
        }
    }

    boolean hold(@Nullable CloudObject current) {
        return matches(current) && differs(current);
    }

    /** Whether the conditions that require equality hold. */
    boolean matches(@Nullable CloudObject current) {
        long generation = current == null ? 0 : current.generation();
        long metageneration = current == null ? 0 : current.metageneration();
        return (generationMatch == null || generationMatch == generation)
                && (metagenerationMatch == null || metagenerationMatch == metageneration);
    }

    /** Whether the conditions that require a difference hold. */
    boolean differs(@Nullable CloudObject current) {
        long generation = current == null ? 0 : current.generation();
        long metageneration = current == null ? 0 : current.metageneration();
        return (generationNotMatch == null || generationNotMatch != generation)
                && (metagenerationNotMatch == null || metagenerationNotMatch != metageneration);
    }
}
