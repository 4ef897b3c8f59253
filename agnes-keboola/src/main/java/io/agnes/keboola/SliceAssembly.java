// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.Time;
import io.agnes.core.composite.Part;
import io.agnes.core.file.FileDigests;
import io.agnes.core.file.FileDraft;
import io.agnes.core.parquet.InPlaceMerge;
import io.agnes.core.parquet.MergeOutcome;
import io.agnes.core.parquet.MergePlan;
import io.agnes.core.parquet.MergeRules;
import io.agnes.core.parquet.Note;
import io.agnes.core.parquet.ParquetMerge;
import io.agnes.core.parquet.Piece;
import io.agnes.core.parquet.Reason;
import io.agnes.core.parquet.RewriteOutcome;
import io.agnes.core.parquet.RewritePlan;
import io.agnes.core.table.ColumnTypes;
import io.agnes.core.work.TaskGroup;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The slices of one export become one file. Parquet goes to its last place as it arrives, if the plan allows it; what has
 * to be decoded lies beside the draft first. For one export and one thread.
 */
final class SliceAssembly {
    /** Scanning is work for processors, of which there may be two. */
    private static final int SCANS_AT_ONCE = 2;

    /** The slices, and what is made of them. */
    private static final int REWRITE_COPIES = 2;

    private final KeboolaConfig config;
    private final Time time;
    private final KeboolaTable table;
    private final List<KeboolaColumn> columns;
    private final FileDraft draft;
    private final ExportProgress progress;
    private final TableExport.Bounds bounds;
    private final Converter converter;
    private final List<String> notes = new ArrayList<>();

    SliceAssembly(
            KeboolaConfig config,
            Time time,
            KeboolaTable table,
            List<KeboolaColumn> columns,
            FileDraft draft,
            ExportProgress progress,
            TableExport.Bounds bounds) {
        this.config = config;
        this.time = time;
        this.table = table;
        this.columns = columns;
        this.draft = draft;
        this.progress = progress;
        this.bounds = bounds;
        this.converter = new Converter(config.memoryLimitBytes(), Missing.of(config));
    }

    /** @param soFar notes of the steps before */
    ExportResult assemble(Slices slices, ExportFileType fileType, List<String> soFar)
            throws IOException, InterruptedException {
        notes.addAll(soFar);
        progress.phase("downloading");
        List<Slice> opened = slices.open(config.slicesAtOnce(), bounds.downloads(), time, config.sliceIdleTimeout());
        Content content = content(opened, fileType);
        return new ExportResult(content.rows, content.digests, fileType, opened.size(), List.copyOf(notes));
    }

    /** What is in the draft. */
    private record Content(long rows, FileDigests digests) {}

    private Content content(List<Slice> slices, ExportFileType fileType) throws IOException, InterruptedException {
        if (slices.isEmpty()) {
            requireNamesApart();
            return noted(
                    converter.empty(columns, config.columnTypes() == ColumnTypes.AUTO || table.typed(), draft.path()));
        }
        return switch (fileType) {
            case PARQUET -> parquet(slices);
            case CSV -> csv(slices);
        };
    }

    private Content csv(List<Slice> slices) throws IOException, InterruptedException {
        requireNamesApart();
        List<Path> files = downloaded(slices);
        progress.phase("converting");
        List<CsvSlice> scanned = scanned(slices, files);
        progress.rows(scanned.stream().mapToLong(CsvSlice::records).sum());
        long headers = scanned.stream().filter(CsvSlice::header).count();
        if (headers > 0) {
            notes.add(headers + " of " + slices.size() + " slices began with the names of the columns");
        }
        boolean types = config.columnTypes() == ColumnTypes.AUTO;
        return noted(
                scanned.stream().allMatch(slice -> slice.records() == 0)
                        ? converter.empty(columns, types, draft.path())
                        : converter.csv(scanned, columns, types, draft.path()));
    }

    private List<CsvSlice> scanned(List<Slice> slices, List<Path> files) throws IOException, InterruptedException {
        List<String> names = columns.stream().map(KeboolaColumn::name).toList();
        CsvSlice[] scanned = new CsvSlice[files.size()];
        TaskGroup.run(
                "keboola-scan",
                SCANS_AT_ONCE,
                files.size(),
                i -> scanned[i] = CsvSlice.scan(files.get(i), slices.get(i).name(), names));
        return List.of(scanned);
    }

    private Content parquet(List<Slice> slices) throws IOException, InterruptedException {
        MergeRules rules = MergeRules.standard().withReadsAtOnce(config.slicesAtOnce());
        return switch (ParquetMerge.plan(slices, rules)) {
            case MergeOutcome.Refused refused ->
                throw KeboolaException.unmergeable(table.id(), sentences(refused.reasons()));
            case MergeOutcome.NeedsRewrite rewrite -> {
                notes.add("slices were rewritten: " + sentences(rewrite.reasons()));
                requireKept(slices);
                yield untyped() ? typed(slices) : rewritten(slices);
            }
            case MergeOutcome.Mergeable mergeable -> untyped() ? typed(slices) : inPlace(mergeable, slices);
        };
    }

    /** Text for which Keboola knows types. */
    private boolean untyped() {
        return config.columnTypes() == ColumnTypes.AUTO && !table.typed() && Converter.knowsTypes(columns);
    }

    private Content rewritten(List<Slice> slices) throws IOException, InterruptedException {
        List<Path> files = downloaded(slices);
        progress.phase("converting");
        return switch (converter.rewrite(files, draft.path())) {
            case RewriteOutcome.Refused refused ->
                throw KeboolaException.unmergeable(table.id(), sentences(refused.reasons()));
            case RewriteOutcome.Rewritten rewritten -> {
                rewritten.notes().stream().map(Note::message).forEach(notes::add);
                yield converted(rewritten.rows());
            }
        };
    }

    /** Better known before the download than after. */
    private void requireKept(List<Slice> slices) throws IOException, InterruptedException {
        if (RewritePlan.of(slices) instanceof RewritePlan.Refused refused) {
            throw KeboolaException.unmergeable(table.id(), sentences(refused.reasons()));
        }
    }

    /** DuckDB takes names that differ in case for one, and renames the second. */
    private void requireNamesApart() {
        Map<String, String> names = new HashMap<>();
        for (KeboolaColumn column : columns) {
            String alike = names.putIfAbsent(column.name().toLowerCase(Locale.ROOT), column.name());
            if (alike != null) {
                throw KeboolaException.unmergeable(
                        table.id(),
                        "columns " + alike + " and " + column.name()
                                + " differ in case alone, which a conversion does not keep apart");
            }
        }
    }

    private Content typed(List<Slice> slices) throws IOException, InterruptedException {
        requireNamesApart();
        List<Path> files = downloaded(slices);
        progress.phase("converting");
        return noted(converter.typed(files, columns, draft.path()));
    }

    /** Each range straight to its last place; until the end is written, no reader takes the file for Parquet. */
    private Content inPlace(MergeOutcome.Mergeable mergeable, List<Slice> slices)
            throws IOException, InterruptedException {
        requireRoom(mergeable.plan().length());
        mergeable.notes().stream().map(Note::message).forEach(notes::add);
        MergePlan plan = mergeable.plan();
        progress.rows(plan.rows());
        try (InPlaceMerge merge = InPlaceMerge.of(plan, draft.path(), config.digests())) {
            fetch(merge, slices);
            FileDigests digests = merge.seal();
            requirePlanned(plan);
            return new Content(plan.rows(), digests);
        }
    }

    private void fetch(InPlaceMerge merge, List<Slice> slices) throws IOException, InterruptedException {
        List<Piece> pieces = merge.pieces(config.slicesAtOnce());
        AtomicIntegerArray left = new AtomicIntegerArray(slices.size());
        pieces.forEach(piece -> left.incrementAndGet(piece.part()));
        long total = pieces.stream().mapToLong(Piece::length).sum();
        int whole = (int)
                IntStream.range(0, slices.size()).filter(i -> left.get(i) > 0).count();
        Download download = new Download(config.slicesAtOnce(), bounds.downloads(), total, whole, progress, time);
        download.run(pieces.size(), i -> {
            Piece piece = pieces.get(i);
            merge.awaitTurn(piece);
            Slice slice = slices.get(piece.part());
            download.permitted(() -> slice.transferTo(piece.sourceOffset(), piece.length(), download.to(merge, piece)));
            if (left.decrementAndGet(piece.part()) == 0) {
                download.sliceArrived();
            }
        });
    }

    /** A slice may be damaged although it has the right length. */
    private void requirePlanned(MergePlan plan) throws IOException, InterruptedException {
        try (Part file = Part.of(draft.path())) {
            Optional<String> problem = plan.problem(file);
            if (problem.isPresent()) {
                throw KeboolaException.unmergeable(table.id(), problem.get());
            }
        }
    }

    /** The slices beside the draft, in order. */
    private List<Path> downloaded(List<Slice> slices) throws IOException, InterruptedException {
        long total = slices.stream().mapToLong(Slice::length).sum();
        requireRoom(REWRITE_COPIES * total);
        List<Path> files = Stream.iterate(0, i -> i + 1)
                .limit(slices.size())
                .map(i -> draft.scratch("slice-" + i))
                .toList();
        Download download =
                new Download(config.slicesAtOnce(), bounds.downloads(), total, slices.size(), progress, time);
        download.run(slices.size(), i -> {
            Slice slice = slices.get(i);
            try (FileChannel file = draft.files().create(files.get(i))) {
                download.permitted(() -> slice.transferTo(0, slice.length(), download.to(file)));
            }
            download.sliceArrived();
        });
        return files;
    }

    /** Better known before hours of download than after. */
    private void requireRoom(long bytes) throws IOException {
        Path directory = draft.scratch(".");
        long usable = bounds.room().usableBytes(directory);
        if (usable < bytes) {
            throw KeboolaException.diskFull(table.id(), bytes, usable);
        }
    }

    private Content noted(Converter.Converted converted) throws IOException, InterruptedException {
        notes.addAll(converted.notes());
        return converted(converted.rows());
    }

    private Content converted(long rows) throws IOException, InterruptedException {
        return new Content(rows, FileDigests.of(draft.path(), config.digests()));
    }

    private static String sentences(List<Reason> reasons) {
        return String.join("; ", reasons.stream().map(Reason::message).toList());
    }
}
