// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.store;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;

/** Writes the content of a new object. */
@FunctionalInterface
public interface ObjectContent {
    /** Writes all bytes, in order. After a failure no object is created. */
    void writeTo(WritableByteChannel target) throws IOException, InterruptedException;
}
