// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.contract;

import io.agnes.core.TableId;
import io.agnes.core.file.ContentDigest;
import io.agnes.core.file.FileDigests;
import io.agnes.core.sync.RunId;
import io.agnes.core.sync.RunOwner;
import io.agnes.core.sync.SyncRun;
import io.agnes.core.table.Column;
import io.agnes.core.table.TableProfile;
import io.agnes.core.table.TableRecord;
import io.agnes.core.table.TableVersion;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the suites store: texts with quotes and line breaks, long numbers, times in microseconds. */
final class SampleRows {
    static final Instant NOW = Instant.parse("2026-03-04T05:06:07.123456Z");
    static final RunOwner OWNER = new RunOwner("this-process");
    static final TableId ORDERS = new TableId("orders");

    private SampleRows() {}

    static TableRecord.Builder builder(String id, String name) {
        return TableRecord.builder(new TableId(id), "keboola")
                .name(name)
                .description("what 'it' is; \"quoted\" \n ž")
                .bucket("in.c-crm")
                .sourceTable("orders")
                .registered("ada", NOW);
    }

    static TableRecord table(String id, String name) {
        return builder(id, name).build();
    }

    static TableVersion version(String id, long sequence, @Nullable String marker) {
        String digit = Long.toHexString(sequence % 16);
        return version(id, sequence, new FileDigests(1L << 40, digit.repeat(32), digit.repeat(64)), marker);
    }

    static TableVersion version(String id, long sequence, ContentDigest digest, @Nullable String marker) {
        return new TableVersion(
                new TableId(id),
                sequence,
                "extracts/keboola/data/" + id + "/" + sequence + ".parquet",
                digest,
                3_000_000_000L,
                List.of(new Column("a \"b\" 'c'", "DECIMAL(18,3)"), new Column("ž", "STRUCT(x INTEGER)")),
                NOW.plusSeconds(sequence),
                marker);
    }

    static TableProfile profile(long rows) {
        return new TableProfile(
                rows,
                List.of(
                        new TableProfile.Column("a \"b\" 'c'", 2, "least 'ž'", "most\n", 1L << 40),
                        new TableProfile.Column("ž", rows, null, null, 0)));
    }

    static SyncRun running(RunId id, Instant at, TableId... targets) {
        return running(id, OWNER, at, targets);
    }

    static SyncRun running(RunId id, RunOwner owner, Instant at, TableId... targets) {
        return new SyncRun(id, owner, "ada", at, List.of(targets), SyncRun.Status.RUNNING, null, Map.of());
    }
}
