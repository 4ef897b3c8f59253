// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.upstream;

import io.agnes.core.table.TableRecord;
import io.agnes.core.table.TableRegistry;
import io.agnes.server.access.AccessRows;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * The rows and files that an import adds, decided before it writes. An import never changes an existing row, so a second import
 * adds nothing.
 *
 * @param version of the older installation's schema
 * @param findings one for each item, in the order of kinds
 */
public record ImportPlan(
        int version,
        List<Finding> findings,
        List<TableRecord> tables,
        AccessRows access,
        List<FilePlan.Adoption> adoptions) {
    /** Copies the lists. */
    public ImportPlan {
        findings = List.copyOf(findings);
        tables = List.copyOf(tables);
        adoptions = List.copyOf(adoptions);
    }

    /**
     * Compares the older installation with this one.
     *
     * @param data the data directory, which may hold its files
     */
    static ImportPlan of(
            UpstreamData theirs, List<TableRegistry.Entry> registered, AccessRows known, Path data, Instant now) {
        TablePlan tables = TablePlan.of(theirs.tables(), registered, now);
        AccessPlan access = AccessPlan.of(theirs, known, tables.usable());
        FilePlan files = FilePlan.of(theirs, tables.usable(), data);
        List<Finding> all = Stream.of(tables.findings(), access.findings(), files.findings())
                .flatMap(List::stream)
                .toList();
        return new ImportPlan(theirs.version(), all, tables.added(), access.added(), files.adoptions());
    }

    /** The number of findings with this verdict. */
    public long count(Class<? extends Verdict> verdict) {
        return findings.stream()
                .filter(finding -> verdict.isInstance(finding.verdict()))
                .count();
    }
}
