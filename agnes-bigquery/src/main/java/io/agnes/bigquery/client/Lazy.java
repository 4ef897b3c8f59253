// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.client;

import io.agnes.core.work.Work;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A value that its first use makes. Uses at the same time may each make one, and the first is kept: no thread waits for the
 * network of another. After a failure the next use tries again.
 */
final class Lazy<T> {
    private final AtomicReference<@Nullable T> made = new AtomicReference<>();
    private final Work<T> maker;

    Lazy(Work<T> maker) {
        this.maker = maker;
    }

    T value() throws IOException, InterruptedException {
        T first = made.get();
        if (first != null) {
            return first;
        }
        T mine = maker.call();
        T other = made.compareAndExchange(null, mine);
        return other == null ? mine : other;
    }
}
