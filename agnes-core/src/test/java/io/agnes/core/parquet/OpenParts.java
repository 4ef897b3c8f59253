// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.agnes.core.composite.Part;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Files that are open as parts. Closing closes all of them. */
final class OpenParts implements AutoCloseable {
    private final List<Part> open = new ArrayList<>();

    private OpenParts() {}

    static OpenParts of(List<Path> files) throws IOException {
        OpenParts parts = new OpenParts();
        for (Path file : files) {
            parts.open.add(Part.of(file));
        }
        return parts;
    }

    List<Part> list() {
        return open;
    }

    static MergePlan plan(List<Part> parts) throws IOException, InterruptedException {
        return assertInstanceOf(
                        MergeOutcome.Mergeable.class,
                        ParquetMerge.plan(parts, MergeRules.standard().withoutShare()))
                .plan();
    }

    /** Plans a merge and copies it to the target. Fails the test for any other outcome. */
    static Path merge(List<Path> files, Path target) throws IOException, InterruptedException {
        try (OpenParts parts = of(files)) {
            plan(parts.list()).copyTo(parts.list(), target);
            return target;
        }
    }

    static MergeOutcome outcome(List<Path> files) throws IOException, InterruptedException {
        try (OpenParts parts = of(files)) {
            return ParquetMerge.plan(parts.list());
        }
    }

    @Override
    public void close() throws IOException {
        for (Part part : open) {
            part.close();
        }
    }
}
