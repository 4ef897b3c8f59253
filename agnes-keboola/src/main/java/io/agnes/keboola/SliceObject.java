// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.store.ContentRange;
import io.agnes.core.store.RangedObject;
import java.io.IOException;
import java.time.Duration;

/**
 * A slice of an export in its object store.
 *
 * @param object its name in the store
 */
record SliceObject(ObjectReader reader, String object) implements RangedObject {
    @Override
    public String name() {
        return object.substring(object.lastIndexOf('/') + 1);
    }

    @Override
    public Content readEnd(int most) throws IOException, InterruptedException {
        return content(reader.location().readsSuffixes() ? "bytes=-" + most : "bytes=0-" + (most - 1));
    }

    @Override
    public Content read(long from, long end) throws IOException, InterruptedException {
        return content("bytes=" + from + "-" + (end - 1));
    }

    /** The caller closes the content; a response that says nothing of its length is closed here. */
    private Content content(String range) throws IOException, InterruptedException {
        Transport.Response response = reader.read(object, range);
        boolean understood = false;
        try {
            ContentRange found = ContentRange.of(
                            response.status(), response.header("content-range"), response.header("content-length"))
                    .orElseThrow(() -> changed("a range of known length", "none"));
            Identity identity =
                    new Identity(found.total(), response.header("etag").orElse(""));
            understood = true;
            return new Content(identity, found.first(), found.end(), response.body());
        } finally {
            if (!understood) {
                response.close();
            }
        }
    }

    @Override
    public KeboolaException cut(long expected, long found, IOException cause) {
        return KeboolaException.sliceCut(name(), expected, found, cause);
    }

    @Override
    public KeboolaException stalled(long at, Duration idle) {
        return KeboolaException.sliceStalled(name(), at, idle);
    }

    @Override
    public KeboolaException changed(String expected, String found) {
        return KeboolaException.sliceChanged(object, expected, found);
    }
}
