// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.version;

import io.agnes.core.composite.Part;
import io.agnes.core.file.FileDraft;
import io.agnes.core.table.TableRecord;
import io.agnes.core.table.TableVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Stores the bytes of published versions under their {@linkplain TableVersion#name names}. A call that returns normally
 * has stored its effect durably. Which version is current is the registry's knowledge; a store answers for content alone.
 * Safe for use by several threads.
 */
public interface VersionStore {
    /** The condition of stored content, compared with what was published. */
    sealed interface Condition {
        /** As it was published. */
        record Whole() implements Condition {}

        /** Changed since it was published, with the right length. Only {@link VersionStore#verify} can tell more. */
        record Unverified() implements Condition {}

        /** Different from what was published, or missing. */
        record Damaged(String why) implements Condition {}
    }

    /** Cheap checks at one moment, which may share what they find out. For one thread. */
    @FunctionalInterface
    interface Inspection {
        /** The condition of a version, without reading its bytes. */
        Condition of(TableVersion version);
    }

    /**
     * Stores the draft's file as the content of the version. After a failure the name may hold the content or nothing;
     * {@link #delete} cleans up.
     */
    void put(TableVersion version, FileDraft draft) throws IOException;

    /** Opens the content for reading. It stays readable until the part is closed, also when the version is deleted. */
    Part open(TableVersion version) throws IOException;

    /** The file of this machine that holds the content, if this store has one. */
    Optional<Path> file(TableVersion version);

    /** Begins an inspection of any number of versions. */
    Inspection inspect();

    /**
     * Reads every byte of the content and compares it with the digests. Whole content is {@link Condition.Whole} for later
     * inspections too.
     */
    Condition verify(TableVersion version) throws InterruptedException;

    /** Puts damaged content under a name that serves no reader; missing content is no error. */
    void quarantine(TableVersion version) throws IOException;

    /** Deletes the content of a version, also from quarantine; missing content is no error. */
    void delete(TableVersion version) throws IOException;

    /** Makes the plain name of the table show this version, if the store has plain names; damaged content is left out. */
    void link(TableVersion version) throws IOException;

    /** Deletes the plain name of a table. */
    void unlink(TableRecord table) throws IOException;

    /** Deletes the content of every version of a table. */
    void deleteAll(TableRecord table) throws IOException;

    /** All stored content but that of these names, in the order of names. */
    List<StoredVersion> listExcept(Set<String> names) throws IOException;

    /** Deletes content that a listing has shown. */
    void delete(StoredVersion version) throws IOException;

    /**
     * Deletes what an earlier process has left half made.
     *
     * @return how many files or objects there were
     */
    int deleteUnfinished() throws IOException;

    /** Whether no version of any table is stored. */
    boolean isEmpty() throws IOException;
}
