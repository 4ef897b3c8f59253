// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.upstream;

/** What becomes of one thing that an older installation knows. The reason is for people, and may be empty. */
public sealed interface Verdict {
    /** Why, or what is different here. */
    String reason();

    /** It is not here yet and is written. */
    record New(String reason) implements Verdict {}

    /** It is here, and stays as it is. */
    record Present(String reason) implements Verdict {}

    /** It cannot be written as it is; somebody has to decide. */
    record Conflict(String reason) implements Verdict {}

    /** It has no place here, and nobody need do anything. */
    record LeftOut(String reason) implements Verdict {}

    /** The verdict in snake_case. */
    default String word() {
        return switch (this) {
            case New isNew -> "new";
            case Present present -> "present";
            case Conflict conflict -> "conflict";
            case LeftOut leftOut -> "left_out";
        };
    }
}
