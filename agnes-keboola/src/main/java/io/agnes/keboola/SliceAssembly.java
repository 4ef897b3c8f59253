// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.assembly.AssembledFile;
import io.agnes.core.assembly.AssemblyFailures;
import io.agnes.core.assembly.AssemblyLimits;
import io.agnes.core.assembly.AssemblyProgress;
import io.agnes.core.assembly.Conversion;
import io.agnes.core.assembly.FileAssembly;
import io.agnes.core.composite.Part;
import io.agnes.core.file.FileDraft;
import io.agnes.core.parquet.FieldIds;
import io.agnes.core.store.ObjectPart;
import io.agnes.core.table.ColumnTypes;
import io.agnes.core.work.TaskGroup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Makes one file of the slices of one export, and gives text the types that Keboola knows. For one export and one thread. */
final class SliceAssembly {
    /** Scanning is work for processors, of which there may be two. */
    private static final int SCANS_AT_ONCE = 2;

    private final KeboolaConfig config;
    private final KeboolaTable table;
    private final List<KeboolaColumn> columns;
    private final AssemblyProgress progress;
    private final AssemblyLimits limits;
    private final FileAssembly assembly;
    private final Converter converter;
    private final List<String> notes = new ArrayList<>();

    SliceAssembly(
            KeboolaConfig config,
            KeboolaTable table,
            List<KeboolaColumn> columns,
            FileDraft draft,
            Optional<FieldIds> fieldIds,
            AssemblyProgress progress,
            AssemblyLimits limits) {
        this.config = config;
        this.table = table;
        this.columns = columns;
        this.progress = progress;
        this.limits = limits;
        this.assembly = new FileAssembly(limits, config.digests(), draft, fieldIds, progress, new Failures(table.id()));
        this.converter = new Converter(config.memoryLimitBytes(), MissingValues.of(config));
    }

    private record Failures(String table) implements AssemblyFailures {
        @Override
        public KeboolaException unmergeable(String why) {
            return KeboolaException.unmergeable(table, why);
        }

        @Override
        public KeboolaException diskFull(long neededBytes, long usableBytes) {
            return KeboolaException.diskFull(table, neededBytes, usableBytes);
        }
    }

    /** @param soFar notes of the steps before */
    ExportResult assemble(Slices slices, ExportFileType fileType, List<String> soFar)
            throws IOException, InterruptedException {
        notes.addAll(soFar);
        progress.phase("downloading");
        List<ObjectPart> opened =
                slices.open(limits.partsAtOnce(), limits.downloads(), limits.time(), config.sliceIdleTimeout());
        AssembledFile file = file(opened, fileType);
        if (!file.rewriteReasons().isEmpty()) {
            notes.add("slices were rewritten: " + AssembledFile.text(file.rewriteReasons()));
        }
        notes.addAll(file.notes());
        return new ExportResult(file.rows(), file.digests(), fileType, opened.size(), List.copyOf(notes));
    }

    private AssembledFile file(List<ObjectPart> slices, ExportFileType fileType)
            throws IOException, InterruptedException {
        if (slices.isEmpty()) {
            return empty();
        }
        return switch (fileType) {
            case PARQUET -> parquet(slices);
            case CSV -> csv(slices);
        };
    }

    private AssembledFile empty() throws IOException, InterruptedException {
        requireNamesApart();
        boolean types = config.columnTypes() == ColumnTypes.AUTO || table.typed();
        return assembly.converted(List.of(), (files, target) -> converter.empty(columns, types, target));
    }

    private AssembledFile csv(List<ObjectPart> slices) throws IOException, InterruptedException {
        requireNamesApart();
        return assembly.converted(slices, (files, target) -> convert(slices, files, target));
    }

    private Conversion.Converted convert(List<ObjectPart> slices, List<Path> files, Path target)
            throws IOException, InterruptedException {
        List<CsvSlice> scanned = scanned(slices, files);
        progress.rows(scanned.stream().mapToLong(CsvSlice::records).sum());
        long headers = scanned.stream().filter(CsvSlice::header).count();
        if (headers > 0) {
            notes.add(headers + " of " + slices.size() + " slices began with the names of the columns");
        }
        boolean types = config.columnTypes() == ColumnTypes.AUTO;
        return scanned.stream().allMatch(slice -> slice.records() == 0)
                ? converter.empty(columns, types, target)
                : converter.csv(scanned, columns, types, target);
    }

    private List<CsvSlice> scanned(List<? extends Part> slices, List<Path> files)
            throws IOException, InterruptedException {
        List<String> names = columns.stream().map(KeboolaColumn::name).toList();
        CsvSlice[] scanned = new CsvSlice[files.size()];
        TaskGroup.run(
                "keboola-scan",
                SCANS_AT_ONCE,
                files.size(),
                i -> scanned[i] = CsvSlice.scan(files.get(i), slices.get(i).name(), names));
        return List.of(scanned);
    }

    private AssembledFile parquet(List<ObjectPart> slices) throws IOException, InterruptedException {
        if (untyped()) {
            requireNamesApart();
            return assembly.convertedParquet(slices, (files, target) -> converter.typed(files, columns, target));
        }
        return assembly.parquet(slices, converter::rewrite);
    }

    /** Text for which Keboola knows types. */
    private boolean untyped() {
        return config.columnTypes() == ColumnTypes.AUTO && !table.typed() && Converter.knowsTypes(columns);
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
}
