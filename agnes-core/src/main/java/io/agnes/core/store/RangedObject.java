// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.store;

import io.agnes.core.AgnesException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/**
 * One object that is read by ranges, and the failures that reading it can end with. {@link ObjectPart} reads it. An
 * implementation sends one request for each call and does not resume.
 */
public interface RangedObject {
    /** An object of a store. Its failures are {@code object_cut}, {@code object_stalled} and {@code object_changed}. */
    static RangedObject of(ObjectStore store, StoredObject object) {
        return new StoreRangedObject(store, object);
    }

    /** What messages call the object: no signed URL, no token. */
    String name();

    /**
     * Requests the last bytes of the object, whose length may be unknown. A store that cannot do that answers with others.
     *
     * @param most how many
     */
    Content readEnd(int most) throws IOException, InterruptedException;

    /** Requests the bytes from {@code from} up to {@code end}. */
    Content read(long from, long end) throws IOException, InterruptedException;

    /** The failure for an object whose bytes ended too early after every retry. */
    AgnesException cut(long expected, long found, IOException cause);

    /** The failure for an object whose bytes stalled after every retry. */
    AgnesException stalled(long at, Duration idle);

    /** The failure for an object that is no longer the same, or an answer with other bytes than those asked for. */
    AgnesException changed(String expected, String found);

    /**
     * An answer. Closing it before the end of the body closes the connection.
     *
     * @param identity of the object that the bytes are of
     * @param first byte of the object in the body, or -1 if the body holds none
     * @param end the byte after the last one in the body, or -1 if the body holds none
     */
    record Content(Identity identity, long first, long end, InputStream body) implements Closeable {
        @Override
        public void close() throws IOException {
            body.close();
        }
    }

    /**
     * Identifies the state of an object. It must not change between two answers.
     *
     * @param length in bytes
     * @param tag entity tag or generation; empty if the store sends none
     */
    record Identity(long length, String tag) {
        @Override
        public String toString() {
            return length + " bytes with entity tag " + tag;
        }
    }
}
