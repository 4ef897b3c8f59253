// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.upstream;

import io.agnes.core.TableId;
import io.agnes.core.table.QueryMode;
import io.agnes.core.table.TableRecord;
import io.agnes.core.table.TableRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides which files of an older data directory become the first versions of their tables, so that readers have them before
 * the first run. The data directory of the import is searched at {@code extracts/SOURCE/data/ID.parquet} and, as that product
 * named most files after the name of the table, at {@code extracts/SOURCE/data/NAME.parquet}.
 *
 * <p>A file is adopted if it has the MD5 that was recorded at the table's last sync. The record only shows that the file belongs
 * to the table; rows, columns, length and digests are read from the file. Without a record the table waits for its first run,
 * as a file with the name of a table may belong to another table.
 *
 * @param adoptions in the order of tables
 */
record FilePlan(List<Finding> findings, List<Adoption> adoptions) {
    /**
     * A table with a file to adopt.
     *
     * @param table registered, or about to be
     * @param files the candidates, the likeliest first; at least one
     * @param md5 the recorded digest
     * @param lastSync the time of the recorded sync; null if unknown
     */
    record Adoption(
            TableRecord table,
            List<Path> files,
            String md5,
            @Nullable Instant lastSync) {
        Adoption {
            files = List.copyOf(files);
        }
    }

    private static final Pattern MD5 = Pattern.compile("[0-9a-f]{32}");

    FilePlan {
        findings = List.copyOf(findings);
        adoptions = List.copyOf(adoptions);
    }

    static FilePlan of(UpstreamData theirs, Map<String, TableRegistry.Entry> tables, Path data) {
        Map<String, UpstreamData.Sync> syncs = theirs.syncs().stream()
                .collect(Collectors.toMap(UpstreamData.Sync::table, Function.identity(), (one, other) -> one));
        Map<String, Long> called = theirs.tables().stream()
                .flatMap(table -> Stream.of(table.id(), table.name()).distinct())
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        List<Finding> findings = new ArrayList<>();
        List<Adoption> adoptions = new ArrayList<>();
        for (UpstreamData.Table table : theirs.tables()) {
            TableRegistry.Entry entry = tables.get(table.id());
            if (entry == null || entry.current().isPresent() || entry.table().queryMode() == QueryMode.REMOTE) {
                continue;
            }
            boolean alone = called.getOrDefault(table.name(), 0L) == 1;
            Optional<UpstreamData.Sync> sync = Optional.ofNullable(syncs.get(table.id()))
                    .or(() -> alone ? Optional.ofNullable(syncs.get(table.name())) : Optional.empty());
            Verdict verdict = verdict(entry.table(), sync, data, adoptions);
            findings.add(new Finding(Finding.Kind.FILE, table.id(), verdict));
        }
        return new FilePlan(findings, adoptions);
    }

    private static Verdict verdict(
            TableRecord table, Optional<UpstreamData.Sync> sync, Path data, List<Adoption> adoptions) {
        if (sync.isEmpty()) {
            return new Verdict.LeftOut("was never brought there; the first run brings it");
        }
        String md5 = sync.get().hash();
        if (sync.get().inParts() || md5 == null || !MD5.matcher(md5).matches()) {
            return new Verdict.LeftOut("is not one file of a known MD5 there; the first run brings it");
        }
        List<Path> files = candidates(table, data);
        if (files.isEmpty()) {
            return new Verdict.LeftOut("is not in this data directory; the first run brings it");
        }
        adoptions.add(new Adoption(table, files, md5, sync.get().lastSync()));
        return new Verdict.New(
                files.stream().map(file -> data.relativize(file).toString()).collect(Collectors.joining(" or ")));
    }

    /** The path by id first, then by name if the name is valid for a file here. */
    private static List<Path> candidates(TableRecord table, Path data) {
        Path folder = data.resolve("extracts").resolve(table.sourceType()).resolve("data");
        return Stream.of(Optional.of(table.id()), TableId.parse(table.name()))
                .flatMap(Optional::stream)
                .distinct()
                .sorted(Comparator.comparing(name -> !name.equals(table.id())))
                .map(name -> folder.resolve(name + ".parquet"))
                .filter(Files::isRegularFile)
                .toList();
    }
}
