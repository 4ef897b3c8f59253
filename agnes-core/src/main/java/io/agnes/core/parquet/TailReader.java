// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import io.agnes.core.composite.Part;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** Reads the tails of many parts, some at once: over a network the round trips are all that a plan costs. */
final class TailReader {
    private final List<? extends Part> parts;
    private final AtomicReferenceArray<@Nullable Result> results;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicLong kept = new AtomicLong();

    private TailReader(List<? extends Part> parts) {
        this.parts = parts;
        this.results = new AtomicReferenceArray<>(parts.size());
    }

    /** Exactly one of the two is there. */
    record Result(@Nullable Tail tail, @Nullable Reason reason) {}

    /** The tails in the order of the parts. The first part that cannot be read ends the others' reads. */
    static List<Result> read(List<? extends Part> parts, int atOnce) throws IOException, InterruptedException {
        TailReader reader = new TailReader(parts);
        int workers = Math.min(atOnce, parts.size());
        if (workers == 1) {
            reader.work();
        } else {
            reader.workAtOnce(workers);
        }
        return reader.results();
    }

    private void workAtOnce(int workers) throws IOException, InterruptedException {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletionService<Boolean> done = new ExecutorCompletionService<>(threads);
            for (int i = 0; i < workers; i++) {
                done.submit(this::work);
            }
            try {
                for (int i = 0; i < workers; i++) {
                    done.take().get();
                }
            } catch (ExecutionException e) {
                threads.shutdownNow();
                throw unwrapped(e);
            } catch (InterruptedException e) {
                threads.shutdownNow();
                throw e;
            }
        }
    }

    private static IOException unwrapped(ExecutionException e) throws InterruptedException {
        return switch (e.getCause()) {
            case IOException io -> io;
            case InterruptedException interrupted -> throw interrupted;
            case RuntimeException bug -> throw bug;
            case null, default -> throw new IllegalStateException(e);
        };
    }

    private boolean work() throws IOException, InterruptedException {
        for (int i = next.getAndIncrement(); i < parts.size(); i = next.getAndIncrement()) {
            results.set(i, read(parts.get(i)));
        }
        return true;
    }

    private Result read(Part part) throws IOException, InterruptedException {
        try {
            return new Result(Tail.read(part, this::claim), null);
        } catch (Unusable e) {
            return new Result(null, e.reason());
        }
    }

    private void claim(String part, long bytes) throws Unusable {
        long all = kept.addAndGet(bytes);
        if (all > ParquetLimits.KEPT_BYTES) {
            throw new Unusable(new Reason.TailsTooLarge(part, all, ParquetLimits.KEPT_BYTES));
        }
    }

    private List<Result> results() {
        List<Result> all = new ArrayList<>(parts.size());
        for (int i = 0; i < parts.size(); i++) {
            Result result = results.get(i);
            if (result == null) {
                throw new IllegalStateException("part " + i + " was not read");
            }
            all.add(result);
        }
        return all;
    }
}
