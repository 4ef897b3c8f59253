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
 * Which files of an older data directory become the first versions of their tables, so that what was served there is
 * served here before any source is asked. They are looked for in the data directory that is imported into, at
 * {@code extracts/SOURCE/data/ID.parquet} and, since that product called most of its files by the names of tables, at
 * {@code extracts/SOURCE/data/NAME.parquet}.
 *
 * <p>A file is taken if it has the MD5 that was recorded for the table when it was last brought. That record is a reason
 * to believe that the file is the table's, and not one to believe anything else: rows, columns, length and digests come
 * from the file. Without it the table waits for its first run: a file that is only called like a table may be another's.
 *
 * @param adoptions in the order of tables
 */
record FilePlan(List<Finding> findings, List<Adoption> adoptions) {
    /**
     * A table whose file is there.
     *
     * @param table as it is registered, or will be
     * @param files those that it may be, the likeliest first; at least one
     * @param md5 that it must have
     * @param lastSync when it was brought there; null if nobody wrote that down
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

    /** By id first; a name that would be no name of a file here is none. */
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
