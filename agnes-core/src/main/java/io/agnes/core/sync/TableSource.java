// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.file.FileDigests;
import io.agnes.core.file.FileDraft;
import io.agnes.core.table.TableRecord;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Something that tables come from. Safe for use by several threads, each with a draft of its own. */
public interface TableSource {
    /** What a fetch ended in. */
    sealed interface Fetched {
        /**
         * The draft holds the whole table as one Parquet file.
         *
         * @param rows counted, not taken from the source's word
         * @param digests of the draft's file, all of them
         * @param marker the state of the source that this copy shows, given to the next fetch; null if there is none
         * @param notes what was done differently from what was asked, in sentences for people
         */
        record Table(
                long rows, FileDigests digests, @Nullable String marker, List<String> notes) implements Fetched {
            /** @throws IllegalArgumentException if a digest was not taken */
            public Table {
                if (!digests.algorithms().equals(FileDigests.Algorithm.ALL)) {
                    throw new IllegalArgumentException("only " + digests.algorithms() + " was taken of the draft");
                }
                notes = List.copyOf(notes);
            }

            /** Everything was done as it was asked. */
            public Table(long rows, FileDigests digests, @Nullable String marker) {
                this(rows, digests, marker, List.of());
            }
        }

        /** The source still is in the state of the last marker; the draft is empty. */
        record Unchanged() implements Fetched {}
    }

    /** The {@code source_type} of the tables that this source brings. */
    String type();

    /**
     * Asks whether the source can be reached and takes our credentials. By default nothing is asked.
     *
     * @throws io.agnes.core.AgnesException if not
     */
    default void checkAccess() throws InterruptedException {}

    /**
     * Checks the table's description without asking the source. By default nothing is checked.
     *
     * @throws io.agnes.core.AgnesException with what is wrong
     */
    default void validate(TableRecord table) {}

    /**
     * Asks whether the table could be brought as it is described, without bringing it. By default nothing is asked.
     *
     * @throws io.agnes.core.AgnesException if it could not, for what the description says or for what the source does
     */
    default void check(TableRecord table) throws InterruptedException {}

    /**
     * Brings one table into the draft. On any exception the draft holds nothing of use; closing it cleans up.
     *
     * @param lastMarker of the version that is current, if it has one
     * @throws io.agnes.core.AgnesException if the source refuses, or a bound is reached
     */
    Fetched fetch(TableRecord table, Optional<String> lastMarker, FileDraft draft, SyncProgress progress)
            throws IOException, InterruptedException;
}
