// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.assembly;

import io.agnes.core.AgnesException;
import io.agnes.core.composite.Part;
import io.agnes.core.file.FileDigests;
import io.agnes.core.file.FileDraft;
import io.agnes.core.parquet.FieldIdEdit;
import io.agnes.core.parquet.FieldIds;
import io.agnes.core.parquet.InPlaceMerge;
import io.agnes.core.parquet.MergeOutcome;
import io.agnes.core.parquet.MergePlan;
import io.agnes.core.parquet.MergeRules;
import io.agnes.core.parquet.Note;
import io.agnes.core.parquet.ParquetFile;
import io.agnes.core.parquet.ParquetMerge;
import io.agnes.core.parquet.ParquetRewriter;
import io.agnes.core.parquet.ParquetSchema;
import io.agnes.core.parquet.Reason;
import io.agnes.core.parquet.RewriteOutcome;
import io.agnes.core.parquet.RewritePlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Makes one local file of many parts. Parquet parts are planned first. If the plan allows it, each part is downloaded straight
 * to its place in the file; otherwise the parts are downloaded beside the draft and rewritten. Disk space is checked before a
 * download, and the file is held against its plan after it. For one draft and one thread.
 */
public final class FileAssembly {
    /** The downloaded parts, and the file that is made of them. */
    private static final int REWRITE_COPIES = 2;

    private final AssemblyLimits limits;
    private final Set<FileDigests.Algorithm> digests;
    private final FileDraft draft;
    private final AssemblyProgress progress;
    private final AssemblyFailures failures;
    private final Optional<FieldIds> fieldIds;

    /**
     * An assembly into a draft that keeps the field ids of its parts. After a failure the draft holds nothing of use.
     *
     * @param digests that are taken of the file, at least one
     */
    public FileAssembly(
            AssemblyLimits limits,
            Set<FileDigests.Algorithm> digests,
            FileDraft draft,
            AssemblyProgress progress,
            AssemblyFailures failures) {
        this(limits, digests, draft, Optional.empty(), progress, failures);
    }

    /**
     * An assembly into a draft. After a failure the draft holds nothing of use.
     *
     * @param digests that are taken of the file, at least one
     * @param fieldIds the ids that the fields of the file get, whether the parts are merged, rewritten or converted; empty
     *     for those of merged parts
     */
    public FileAssembly(
            AssemblyLimits limits,
            Set<FileDigests.Algorithm> digests,
            FileDraft draft,
            Optional<FieldIds> fieldIds,
            AssemblyProgress progress,
            AssemblyFailures failures) {
        this.limits = limits;
        this.digests = Set.copyOf(digests);
        this.draft = draft;
        this.fieldIds = fieldIds;
        this.progress = progress;
        this.failures = failures;
    }

    /**
     * Makes one Parquet file of Parquet parts. Values stay as they are.
     *
     * @param rewriter writes parts that cannot be merged as they are
     * @throws AgnesException one of the assembly's failures, of the parts or of the rewriter
     */
    public AssembledFile parquet(List<? extends Part> parts, ParquetRewriter rewriter)
            throws IOException, InterruptedException {
        return switch (plan(parts, fieldIds)) {
            case MergeOutcome.Refused refused -> throw unmergeable(refused.reasons());
            case MergeOutcome.NeedsRewrite rewrite ->
                rewritten(parts, rewriter, rewritableSchemas(parts), rewrite.reasons());
            case MergeOutcome.Mergeable mergeable -> inPlace(mergeable, parts);
        };
    }

    /**
     * Makes one Parquet file of Parquet parts that are converted.
     *
     * @throws AgnesException one of the assembly's failures, of the parts or of the conversion
     */
    public AssembledFile convertedParquet(List<? extends Part> parts, Conversion conversion)
            throws IOException, InterruptedException {
        return switch (plan(parts, Optional.empty())) {
            case MergeOutcome.Refused refused -> throw unmergeable(refused.reasons());
            case MergeOutcome.NeedsRewrite rewrite ->
                converted(parts, conversion, rewritableSchemas(parts), rewrite.reasons());
            case MergeOutcome.Mergeable mergeable ->
                converted(parts, conversion, List.of(mergeable.plan().schema()), List.of());
        };
    }

    /**
     * Makes one Parquet file of any parts, none of which is read before it is downloaded.
     *
     * @param parts may be empty for a table without rows
     * @throws AgnesException one of the assembly's failures, of the parts or of the conversion
     */
    public AssembledFile converted(List<? extends Part> parts, Conversion conversion)
            throws IOException, InterruptedException {
        return converted(parts, conversion, List.of(), List.of());
    }

    private MergeOutcome plan(List<? extends Part> parts, Optional<FieldIds> planned)
            throws IOException, InterruptedException {
        return ParquetMerge.plan(parts, MergeRules.standard().withReadsAtOnce(limits.partsAtOnce()), planned);
    }

    private AssembledFile converted(
            List<? extends Part> parts, Conversion conversion, List<ParquetSchema> schemas, List<Reason> reasons)
            throws IOException, InterruptedException {
        List<Path> files = downloaded(parts);
        progress.phase("converting");
        Conversion.Converted converted = conversion.convert(files, draft.path());
        return written(converted.rows(), schemas, reasons, converted.notes());
    }

    private AssembledFile rewritten(
            List<? extends Part> parts, ParquetRewriter rewriter, List<ParquetSchema> schemas, List<Reason> reasons)
            throws IOException, InterruptedException {
        List<Path> files = downloaded(parts);
        progress.phase("converting");
        return switch (rewriter.rewrite(files, draft.path())) {
            case RewriteOutcome.Refused refused -> throw unmergeable(refused.reasons());
            case RewriteOutcome.Rewritten rewritten ->
                written(rewritten.rows(), schemas, reasons, messages(rewritten.notes()));
        };
    }

    /** @param schemas of the parts that the file was written from */
    private AssembledFile written(long rows, List<ParquetSchema> schemas, List<Reason> reasons, List<String> notes)
            throws IOException, InterruptedException {
        if (fieldIds.isPresent()) {
            FieldIdEdit.apply(draft.path(), fieldIds.get(), schemas);
        }
        return new AssembledFile(rows, FileDigests.of(draft.path(), digests), reasons, notes);
    }

    /** The schemas of the parts. Fails before the download of parts that a rewrite would refuse. */
    private List<ParquetSchema> rewritableSchemas(List<? extends Part> parts) throws IOException, InterruptedException {
        return switch (RewritePlan.of(parts)) {
            case RewritePlan.Refused refused -> throw unmergeable(refused.reasons());
            case RewritePlan.Possible possible ->
                possible.parts().stream().map(ParquetFile::schema).toList();
        };
    }

    /** Until the end of the file is written, no reader takes it for Parquet. */
    private AssembledFile inPlace(MergeOutcome.Mergeable mergeable, List<? extends Part> parts)
            throws IOException, InterruptedException {
        MergePlan plan = mergeable.plan();
        requireSpace(plan.length());
        progress.rows(plan.rows());
        try (InPlaceMerge merge = InPlaceMerge.of(plan, draft.path(), digests)) {
            new PartDownload(limits, parts, progress).into(merge);
            FileDigests taken = merge.seal();
            requirePlanned(plan);
            return new AssembledFile(plan.rows(), taken, List.of(), messages(mergeable.notes()));
        }
    }

    /** A part may be damaged although it has the right length. */
    private void requirePlanned(MergePlan plan) throws IOException, InterruptedException {
        try (Part file = Part.of(draft.path())) {
            Optional<String> problem = plan.problem(file);
            if (problem.isPresent()) {
                throw failures.unmergeable(problem.get());
            }
        }
    }

    /** Downloads the parts to files beside the draft, in order. */
    private List<Path> downloaded(List<? extends Part> parts) throws IOException, InterruptedException {
        requireSpace(REWRITE_COPIES * parts.stream().mapToLong(Part::length).sum());
        List<Path> files = IntStream.range(0, parts.size())
                .mapToObj(i -> draft.scratch("part-" + i))
                .toList();
        new PartDownload(limits, parts, progress).into(files, draft.files());
        return files;
    }

    private void requireSpace(long bytes) throws IOException {
        long usable = limits.space().usableBytes(draft.scratch("."));
        if (usable < bytes) {
            throw failures.diskFull(bytes, usable);
        }
    }

    private AgnesException unmergeable(List<Reason> reasons) {
        return failures.unmergeable(AssembledFile.text(reasons));
    }

    private static List<String> messages(List<Note> notes) {
        return notes.stream().map(Note::message).toList();
    }
}
