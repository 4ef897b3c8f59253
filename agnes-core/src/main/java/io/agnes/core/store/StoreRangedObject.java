// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.store;

import io.agnes.core.CoreException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** One state of an object in an {@link ObjectStore}, read by ranges. */
record StoreRangedObject(ObjectStore store, StoredObject object) implements RangedObject {
    @Override
    public String name() {
        return object.name();
    }

    @Override
    public Content readEnd(int most) throws IOException, InterruptedException {
        return object.length() == 0
                ? new Content(identity(), -1, -1, InputStream.nullInputStream())
                : read(Math.max(0, object.length() - most), object.length());
    }

    @Override
    public Content read(long from, long end) throws IOException, InterruptedException {
        return new Content(identity(), from, end, store.read(object, from, end));
    }

    private Identity identity() {
        return new Identity(object.length(), object.generation());
    }

    @Override
    public CoreException cut(long expected, long found, IOException cause) {
        return CoreException.objectCut(object.name(), expected, found, cause);
    }

    @Override
    public CoreException stalled(long at, Duration idle) {
        return CoreException.objectStalled(object.name(), at, idle);
    }

    @Override
    public CoreException changed(String expected, String found) {
        return CoreException.objectChanged(object.name(), expected, found);
    }
}
