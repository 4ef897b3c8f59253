// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.AgnesException;
import java.util.List;

/** The outcome of one table in a run. */
public sealed interface TableOutcome {
    /** The name of the outcome in the contract and the registry. */
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
     * @param notes deviations from the request, in sentences for people
     */
    record Published(long sequence, long rows, long bytes, List<String> notes) implements TableOutcome {
        /** Copies the list. */
        public Published {
            notes = List.copyOf(notes);
        }
    }

    /** The current version shows the state of the source. */
    record Unchanged() implements TableOutcome {}

    /** The table was not fetched. */
    record Skipped(String reason) implements TableOutcome {}

    /** The source sent no rows, and the table does not allow an empty version; the current version stays. */
    record RefusedEmpty(long previousRows) implements TableOutcome {}

    /**
     * The sync failed; the current version stays.
     *
     * @param code stable, in snake_case
     * @param message one sentence without secrets
     */
    record Failed(AgnesException.Kind kind, String code, String message) implements TableOutcome {}
}
