// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A process that merges parts in place repeatedly until it is killed. */
final class EndlessMerge {
    private EndlessMerge() {}

    /** @param args the draft, then the parts */
    public static void main(String[] args) throws IOException, InterruptedException {
        Path draft = Path.of(args[0]);
        List<Path> files = Stream.of(args).skip(1).map(Path::of).toList();
        try (OpenParts parts = OpenParts.of(files)) {
            MergePlan plan = ((MergeOutcome.Mergeable) ParquetMerge.plan(parts.list())).plan();
            while (true) {
                try (InPlaceMerge merge = InPlaceMerge.of(plan, draft)) {
                    for (int part = 0; part < files.size(); part++) {
                        merge.fetch(part, parts.list().get(part));
                    }
                    merge.seal();
                }
                System.out.println("merged");
                Files.delete(draft);
            }
        }
    }
}
