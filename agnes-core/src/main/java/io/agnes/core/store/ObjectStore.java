// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.store;

import io.agnes.core.CoreException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Objects by name. An object is created once, whole, and never changes; deleting it makes its name free again. Names have
 * segments between slashes; see {@link #list} for their order. Every method throws {@link IllegalArgumentException} for a name
 * that no object may have: empty, longer than 1,024 bytes of UTF-8, with a control character, a backslash, or a segment that is
 * empty, {@code .} or {@code ..} or begins with {@code .agnes-}.
 */
public interface ObjectStore {
    /** Sources of one {@link #compose} at most. */
    int MOST_SOURCES = 32;

    /** Objects of one page at most. */
    int MOST_LISTED = 1_000;

    /**
     * Lists objects in the order of their names, compared as strings.
     *
     * @param prefix of the names; may be empty and may end within a segment
     * @param from {@code next} of the page before; empty for the first page
     * @param most objects in the page, 1 to {@link #MOST_LISTED}
     */
    ObjectPage list(String prefix, Optional<String> from, int most) throws IOException, InterruptedException;

    /** Looks an object up; empty if there is none of this name. */
    Optional<StoredObject> stat(String name) throws IOException, InterruptedException;

    /**
     * Opens the bytes of an object from {@code from} up to {@code end}. The caller closes the stream.
     *
     * @throws IndexOutOfBoundsException if the range is not inside the object
     * @throws CoreException {@code object_missing} or {@code object_changed} if this state of the object is gone
     */
    InputStream read(StoredObject object, long from, long end) throws IOException, InterruptedException;

    /**
     * Creates an object, unless there is one of this name. Of several calls at the same time one creates it. A failure or an
     * interrupt leaves nothing.
     */
    CreateOutcome create(String name, ObjectContent content) throws IOException, InterruptedException;

    /**
     * Creates an object out of the content of others, in order, without a download. The sources stay. A failure leaves nothing.
     *
     * @param sources 1 to {@link #MOST_SOURCES}; one may come several times
     * @throws CoreException {@code object_missing} or {@code object_changed} if that state of a source is gone
     */
    CreateOutcome compose(String name, List<StoredObject> sources) throws IOException, InterruptedException;

    /**
     * Deletes this state of an object; false if there is no object of its name.
     *
     * @throws CoreException {@code object_changed} if there is another object of its name
     */
    boolean delete(StoredObject object) throws IOException, InterruptedException;

    /**
     * A URL that reads this state of the object without further credentials for a time; empty for a store without URLs. It is
     * a secret and belongs into no message.
     */
    Optional<URI> sign(StoredObject object, Duration lifetime) throws IOException, InterruptedException;
}
