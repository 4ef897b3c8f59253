// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import io.agnes.core.sync.TableSource;
import io.agnes.keboola.ExportFileType;
import io.agnes.keboola.KeboolaClient;
import io.agnes.keboola.KeboolaConfig;
import io.agnes.keboola.KeboolaSource;
import io.agnes.server.settings.Settings;
import java.net.URI;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/** Which sources the settings ask for. */
final class Sources {
    private Sources() {}

    /** @param opened what has to be closed is pushed here */
    static List<TableSource> of(Settings settings, Deque<AutoCloseable> opened) {
        return settings.keboola()
                .map(project -> List.of(keboola(project, opened)))
                .orElse(List.of());
    }

    private static TableSource keboola(Settings.Keboola project, Deque<AutoCloseable> opened) {
        KeboolaConfig config = KeboolaConfig.of(project.stack(), project.token())
                .withPrivateTargets(isPlain(project.stack()))
                .withFileType(ExportFileType.valueOf(project.fileType().toUpperCase(Locale.ROOT)))
                .withEmptyAsNull(project.emptyAsNull())
                .withNullWords(project.nullWords())
                .withExportTimeout(project.exportTimeout())
                .withPollInterval(project.pollInterval())
                .withSliceIdleTimeout(project.sliceTimeout())
                .withSlicesAtOnce(project.parallelism());
        KeboolaConfig complete =
                project.storageEndpoint().map(config::withStorageEndpoint).orElse(config);
        KeboolaClient client = KeboolaClient.of(complete);
        opened.push(client);
        return KeboolaSource.of(complete, client);
    }

    /** The settings take plain HTTP for this machine alone, where an emulator may run. */
    private static boolean isPlain(URI stack) {
        return "http".equals(stack.getScheme());
    }
}
