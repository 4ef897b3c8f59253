// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.upstream;

/** How the import treats one item. The reason is for people and may be empty. */
public sealed interface Verdict {
    /** The reason, or a difference between the two installations. */
    String reason();

    /** It is missing here and is added. */
    record New(String reason) implements Verdict {}

    /** It exists here and stays unchanged. */
    record Present(String reason) implements Verdict {}

    /** It cannot be added; a person has to decide. */
    record Conflict(String reason) implements Verdict {}

    /** This server has no place for it; no action is needed. */
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
