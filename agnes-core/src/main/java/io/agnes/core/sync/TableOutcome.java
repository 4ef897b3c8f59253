// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.AgnesException;
import java.util.List;

/** What a run made of one table. */
public sealed interface TableOutcome {
    /** The word for it in the contract and the registry. */
    default String word() {
        return switch (this) {
            case Published published -> "published";
            case Unchanged unchanged -> "unchanged";
            case Skipped skipped -> "skipped";
            case RefusedEmpty refused -> "refused_empty";
            case Failed failed -> "failed";
        };
    }

    /**
     * A new version is current.
     *
     * @param bytes of the file
     * @param notes what was done differently from what was asked, in sentences for people
     */
    record Published(long sequence, long rows, long bytes, List<String> notes) implements TableOutcome {
        /** Copies the list. */
        public Published {
            notes = List.copyOf(notes);
        }
    }

    /** The source, or its content, is what the current version shows. */
    record Unchanged() implements TableOutcome {}

    /** Nothing was tried. */
    record Skipped(String reason) implements TableOutcome {}

    /** The source is empty and the table may not become so; the version before stays. */
    record RefusedEmpty(long previousRows) implements TableOutcome {}

    /**
     * It did not work; the version before stays.
     *
     * @param code stable, in snake_case
     * @param message one sentence without secrets
     */
    record Failed(AgnesException.Kind kind, String code, String message) implements TableOutcome {}
}
