// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.metadata;

import io.agnes.core.work.Work;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Work that is done once for all who want it at the same time: the first does it, the others get its result. If the first
 * fails or is interrupted, one of the others does it.
 */
final class SharedWork<K, T> {
    private final Map<K, CompletableFuture<T>> running = new ConcurrentHashMap<>();

    T call(K key, Work<T> work) throws IOException, InterruptedException {
        while (true) {
            CompletableFuture<T> mine = new CompletableFuture<>();
            CompletableFuture<T> first = running.putIfAbsent(key, mine);
            if (first == null) {
                return lead(key, mine, work);
            }
            Optional<T> result = await(first);
            if (result.isPresent()) {
                return result.get();
            }
        }
    }

    /** How many wait for the result of another. */
    int waiting(K key) {
        CompletableFuture<T> first = running.get(key);
        return first == null ? 0 : first.getNumberOfDependents();
    }

    private T lead(K key, CompletableFuture<T> mine, Work<T> work) throws IOException, InterruptedException {
        @Nullable T result = null;
        try {
            result = work.call();
            return result;
        } finally {
            // Removed first: who finds a cancelled result would find it again.
            running.remove(key, mine);
            if (result == null) {
                mine.cancel(false);
            } else {
                mine.complete(result);
            }
        }
    }

    private Optional<T> await(CompletableFuture<T> first) throws InterruptedException {
        try {
            return Optional.of(first.get());
        } catch (CancellationException | ExecutionException abandoned) {
            return Optional.empty();
        }
    }
}
