// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.Secret;
import io.agnes.core.file.FileDraft;
import io.agnes.core.file.FileStore;
import io.agnes.core.sync.SyncProgress;
import java.net.URI;
import java.nio.file.Path;

/** Exports tables in a process with little memory, and prints the outcome and the time of each. */
final class BombRun {
    private BombRun() {}

    /** @param args the stack, the token, a directory, and tables */
    public static void main(String[] args) throws Exception {
        URI stack = URI.create(args[0]);
        KeboolaConfig config = KeboolaConfig.of(stack, Secret.of(args[1]))
                .withPrivateTargets(true)
                .withStorageEndpoint(stack)
                .withFileType(ExportFileType.valueOf(args[3]));
        try (KeboolaClient client = KeboolaClient.of(config);
                FileDraft draft = FileDraft.of(FileStore.system(), Path.of(args[2]), "t.parquet")) {
            long start = System.nanoTime();
            String end;
            try {
                end = client.export(args[4], ExportFilter.ALL, draft, SyncProgress.NONE)
                                .rows() + " rows";
            } catch (KeboolaException e) {
                end = e.code();
            }
            System.out.println(end + " " + (System.nanoTime() - start) / 1_000_000);
        }
    }
}
