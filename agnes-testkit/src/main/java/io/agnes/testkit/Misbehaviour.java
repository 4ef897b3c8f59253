// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What goes wrong with one request. */
sealed interface Misbehaviour {
    /** Another answer, with or without having done what was asked. */
    record Answers(Answer answer, boolean afterDoing) implements Misbehaviour {}

    /** The right answer, altered. */
    record Alters(UnaryOperator<Answer> change) implements Misbehaviour {}

    /** The right answer to another request. */
    record Mishears(UnaryOperator<Request> change) implements Misbehaviour {}

    /**
     * The body comes in chunks.
     *
     * @param claimed a length that the head says all the same, or null
     */
    record Chunks(@Nullable Long claimed) implements Misbehaviour {}

    /** The connection closes before the first byte. */
    record Resets() implements Misbehaviour {}

    /** The connection closes within the body. */
    record Cuts(long afterBytes) implements Misbehaviour {}

    /** Nothing comes, not even the head. */
    record Stalls() implements Misbehaviour {}

    /** Nothing more comes within the body; the connection stays open. */
    record StallsWithin(long afterBytes) implements Misbehaviour {}

    /** The body comes slowly. */
    record Drips(long bytesPerSecond) implements Misbehaviour {}
}
