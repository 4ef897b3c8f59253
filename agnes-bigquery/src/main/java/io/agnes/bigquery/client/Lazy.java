// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.client;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A value that its first use makes. Uses at the same time may each make one, and the first is kept: no thread waits for the
 * network of another. After a failure the next use tries again.
 *
 * <p>A subclass makes the value: a lambda expression would load the class of the value when it is created.
 */
abstract class Lazy<T> {
    private final AtomicReference<@Nullable T> made = new AtomicReference<>();

    abstract T make() throws IOException, InterruptedException;

    final T value() throws IOException, InterruptedException {
        T first = made.get();
        if (first != null) {
            return first;
        }
        T mine = make();
        T other = made.compareAndExchange(null, mine);
        return other == null ? mine : other;
    }
}
