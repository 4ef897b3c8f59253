// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.file.FileDigests;
import io.agnes.core.file.FileDraft;
import io.agnes.core.table.TableRecord;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A source of tables. Safe for use by several threads, each with a draft of its own. Closing it frees connections; a
 * source must not be used afterwards.
 */
public interface TableSource extends AutoCloseable {
    /** The result of a fetch. */
    sealed interface Fetched {
        /**
         * The draft holds the whole table as one Parquet file.
         *
         * @param rows counted in the draft
         * @param digests of the draft's file, with every algorithm
         * @param marker identifies the state of the source, for the next fetch; null if the source has none
         * @param notes deviations from the request, in sentences for people
         */
        record Table(
                long rows, FileDigests digests, @Nullable String marker, List<String> notes) implements Fetched {
            /** @throws IllegalArgumentException if a digest is missing */
            public Table {
                if (!digests.algorithms().equals(FileDigests.Algorithm.ALL)) {
                    throw new IllegalArgumentException("only " + digests.algorithms() + " was taken of the draft");
                }
                notes = List.copyOf(notes);
            }

            /** A fetch without deviations. */
            public Table(long rows, FileDigests digests, @Nullable String marker) {
                this(rows, digests, marker, List.of());
            }
        }

        /** The source is in the state of the last marker; the draft is empty. */
        record Unchanged() implements Fetched {}
    }

    /** The {@code source_type} of the tables of this source. */
    String type();

    /**
     * Checks that the source answers and accepts our credentials. The default does nothing.
     *
     * @throws io.agnes.core.AgnesException if it does not
     */
    default void checkAccess() throws InterruptedException {}

    /**
     * Asks the source whether it can fetch the table. The default does nothing.
     *
     * @throws io.agnes.core.AgnesException if the fields of the table are wrong or the source fails
     */
    default void check(TableRecord table) throws InterruptedException {}

    /**
     * Fetches one table into the draft. After an exception the content of the draft is undefined; the caller closes it.
     *
     * @param lastMarker of the current version
     * @throws io.agnes.core.AgnesException if the source refuses or a bound is reached
     */
    Fetched fetch(TableRecord table, Optional<String> lastMarker, FileDraft draft, SyncProgress progress)
            throws IOException, InterruptedException;

    /** Frees what the source holds. By default it holds nothing. */
    @Override
    default void close() {}
}
