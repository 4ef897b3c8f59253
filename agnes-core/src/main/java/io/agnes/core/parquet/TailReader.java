// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import io.agnes.core.composite.Part;
import io.agnes.core.work.TaskGroup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** Reads the tails of many parts, several at once, because over a network round trips dominate the cost of a plan. */
final class TailReader {
    private final List<? extends Part> parts;
    private final AtomicReferenceArray<@Nullable Result> results;
    private final AtomicLong kept = new AtomicLong();

    private TailReader(List<? extends Part> parts) {
        this.parts = parts;
        this.results = new AtomicReferenceArray<>(parts.size());
    }

    /** A tail, or the reason why the part has none; exactly one is set. */
    record Result(@Nullable Tail tail, @Nullable Reason reason) {}

    /** The tails in the order of the parts. The first failed read interrupts the others. */
    static List<Result> read(List<? extends Part> parts, int atOnce) throws IOException, InterruptedException {
        TailReader reader = new TailReader(parts);
        TaskGroup.run("parquet-tails", atOnce, parts.size(), i -> reader.results.set(i, reader.read(parts.get(i))));
        return reader.results();
    }

    private Result read(Part part) throws IOException, InterruptedException {
        try {
            return new Result(Tail.read(part, this::claim), null);
        } catch (UnusablePartException e) {
            return new Result(null, e.reason());
        }
    }

    private void claim(String part, long bytes) throws UnusablePartException {
        long all = kept.addAndGet(bytes);
        if (all > ParquetLimits.KEPT_BYTES) {
            throw new UnusablePartException(new Reason.TailsTooLarge(part, all, ParquetLimits.KEPT_BYTES));
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
