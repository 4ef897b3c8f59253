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
 * What an import would write, decided before anything is written. Only what is not here is written; no row that is here is
 * ever changed, and a plan that was carried out plans nothing the next time.
 *
 * @param version of the older installation's schema
 * @param findings one for each thing it knows, in the order of kinds
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
     * Compares what the older installation knows with what is here.
     *
     * @param data the data directory, where its files are looked for
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

    /** How many findings have that verdict. */
    public long count(Class<? extends Verdict> verdict) {
        return findings.stream()
                .filter(finding -> verdict.isInstance(finding.verdict()))
                .count();
    }
}
