// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import io.agnes.bigquery.GoogleCloudException;
import io.agnes.core.CoreException;
import io.agnes.core.assembly.AssembledFile;
import io.agnes.core.assembly.AssemblyFailures;
import io.agnes.core.assembly.AssemblyLimits;
import io.agnes.core.assembly.Conversion.Converted;
import io.agnes.core.assembly.FileAssembly;
import io.agnes.core.composite.Part;
import io.agnes.core.duckdb.DuckDbException;
import io.agnes.core.duckdb.DuckDbParquet;
import io.agnes.core.parquet.CorrectedTimes;
import io.agnes.core.parquet.Note;
import io.agnes.core.parquet.Reason;
import io.agnes.core.parquet.RewriteOutcome;
import io.agnes.core.store.ObjectPart;
import io.agnes.core.store.ObjectStore;
import io.agnes.core.store.RangedObject;
import io.agnes.core.store.StoredObject;
import io.agnes.core.work.TaskGroup;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Makes one file of the shards of one export, with the types of the source. For one export and one thread. */
final class ShardAssembly {
    /**
     * Shards that are planned and downloaded in place. Each costs a request for its end before the first byte arrives; more
     * of them than this are small, and readers are better off with larger row groups.
     */
    static final int SHARDS_IN_PLACE = 10_000;

    /** Bytes that are read from the end of a shard. They hold the footer of nearly every Parquet file. */
    private static final int TAIL_BYTES = 64 * 1024;
    /** Bytes that are read from the ends of all shards. */
    private static final int TAILS_BYTES = 16 << 20;

    private static final int LEAST_TAIL_BYTES = 1024;

    private final ExportContext context;
    private final ObjectStore store;
    private final FileAssembly assembly;
    private final String what;

    /** @param what the table, for messages */
    ShardAssembly(ExportContext context, ObjectStore store, FileAssembly assembly, String what) {
        this.context = context;
        this.store = store;
        this.assembly = assembly;
        this.what = what;
    }

    /** The failures of an assembly of this table. */
    static AssemblyFailures failures(String what) {
        return new AssemblyFailures() {
            @Override
            public GoogleCloudException unmergeable(String why) {
                return GoogleCloudException.shardsUnmergeable(what, why);
            }

            @Override
            public GoogleCloudException diskFull(long neededBytes, long usableBytes) {
                return GoogleCloudException.diskFull(what, neededBytes, usableBytes);
            }
        };
    }

    /** @param shards at least one, in order */
    AssembledFile assemble(List<StoredObject> shards, List<SourceColumn> columns)
            throws IOException, InterruptedException {
        List<Part> parts = corrected(shards, columns);
        if (parts.size() <= context.shardsInPlace()) {
            return assembly.parquet(parts, this::rewrite);
        }
        AssembledFile file = assembly.converted(parts, (files, target) -> converted(rewrite(files, target)));
        List<String> notes = new ArrayList<>(file.notes());
        notes.add(parts.size() + " shards were rewritten, because more than " + context.shardsInPlace()
                + " are not merged as they are");
        return new AssembledFile(file.rows(), file.digests(), file.rewriteReasons(), notes);
    }

    private List<Part> corrected(List<StoredObject> shards, List<SourceColumn> columns)
            throws IOException, InterruptedException {
        int tailBytes = Math.clamp(TAILS_BYTES / shards.size(), LEAST_TAIL_BYTES, TAIL_BYTES);
        AssemblyLimits limits = context.limits();
        Duration idle = context.config().shardIdleTimeout();
        Part[] parts = new Part[shards.size()];
        TaskGroup.run("bigquery-tail", limits.partsAtOnce(), shards.size(), i -> {
            RangedObject shard = RangedObject.of(store, shards.get(i));
            Part part = limits.downloads().call(() -> ObjectPart.open(shard, limits.time(), idle, tailBytes));
            parts[i] = CorrectedTimes.of(part, path -> Instants.utc(columns, path));
        });
        return List.of(parts);
    }

    /** Writes all rows unchanged; a refusal leaves no file. */
    private RewriteOutcome rewrite(List<Path> files, Path target) throws IOException, InterruptedException {
        try {
            return DuckDbParquet.of(context.config().memoryLimitBytes()).rewrite(files, target);
        } catch (DuckDbException e) {
            throw GoogleCloudException.conversionFailed(what, e.isLimit(), e.said(), e);
        } catch (CoreException e) {
            throw GoogleCloudException.conversionDamaged(e);
        }
    }

    private Converted converted(RewriteOutcome outcome) {
        return switch (outcome) {
            case RewriteOutcome.Refused refused ->
                throw GoogleCloudException.shardsUnmergeable(
                        what, refused.reasons().stream().map(Reason::message).collect(Collectors.joining("; ")));
            case RewriteOutcome.Rewritten rewritten ->
                new Converted(
                        rewritten.rows(),
                        rewritten.notes().stream().map(Note::message).toList());
        };
    }
}
