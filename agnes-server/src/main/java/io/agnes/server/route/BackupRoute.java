// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.server.api.ProblemCode;
import io.agnes.server.audit.Audit;
import io.agnes.server.audit.AuditAction;
import io.agnes.server.audit.Origin;
import io.agnes.server.backup.Backup;
import io.agnes.server.backup.BackupOutcome;
import io.agnes.server.backup.Backups;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import jakarta.json.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** {@code /api/backup}: the registry as one file. */
final class BackupRoute {
    private static final System.Logger LOG = System.getLogger(BackupRoute.class.getName());
    private static final Header RETRY_SOON = HeaderValues.create(HeaderNames.RETRY_AFTER, "5");

    private final Backups backups;
    private final FileSender sender;
    private final Audit audit;

    BackupRoute(Backups backups, FileSender sender, Audit audit) {
        this.backups = backups;
        this.sender = sender;
        this.audit = audit;
    }

    List<Route> routes() {
        return List.of(new Route(BackupApi.BACKUP, this::backup));
    }

    /** {@code GET /api/backup}: 200 with {@code Content-Length} and {@code Repr-Digest}, 401, 403, 409, 429, 503 or 507. */
    private void backup(ServerRequest request, ServerResponse response) throws IOException, InterruptedException {
        BackupOutcome outcome = backups.take();
        note(audit.origins().current(), outcome);
        switch (outcome) {
            case BackupOutcome.Taken taken -> send(taken.backup(), response);
            case BackupOutcome.Running running ->
                throw Problem.of(ProblemCode.BACKUP_RUNNING, "Another backup is being made or sent.")
                        .with(RETRY_SOON);
            case BackupOutcome.TooSoon soon ->
                throw Problem.of(ProblemCode.TOO_MANY_BACKUPS, "One backup a minute is the bound.")
                        .with(HeaderValues.create(HeaderNames.RETRY_AFTER, Long.toString(wholeSeconds(soon.left()))));
            case BackupOutcome.NoSpace full ->
                throw Problem.of(ProblemCode.DISK_FULL, "The disk has too little space for a backup.")
                        .with("needed_bytes", Json.createValue(full.neededBytes()))
                        .with("free_bytes", Json.createValue(full.freeBytes()));
        }
    }

    /** Notes who asked for a backup, from where, and what came of it. */
    private static void note(Origin caller, BackupOutcome outcome) {
        String result = switch (outcome) {
            case BackupOutcome.Taken taken ->
                "taken bytes=" + taken.backup().digests().length() + " sha256="
                        + taken.backup().digests().sha256();
            case BackupOutcome.Running running -> "running";
            case BackupOutcome.TooSoon soon -> "too_soon";
            case BackupOutcome.NoSpace full ->
                "disk_full needed_bytes=" + full.neededBytes() + " free_bytes=" + full.freeBytes();
        };
        LOG.log(
                System.Logger.Level.INFO,
                "backup: user=" + caller.actor() + " address=" + caller.address() + " outcome=" + result);
    }

    private static long wholeSeconds(Duration wait) {
        return wait.plusSeconds(1).minusNanos(1).toSeconds();
    }

    private void send(Backup backup, ServerResponse response) throws IOException {
        try (backup) {
            audit.done(AuditAction.BACKUP, backup.name());
            long length = backup.digests().length();
            response.headers().set(HeaderNames.CONTENT_TYPE, "application/octet-stream");
            response.headers().set(HeaderNames.CONTENT_DISPOSITION, "attachment; filename=\"" + backup.name() + "\"");
            response.headers().set(HeaderNames.CONTENT_LENGTH, Long.toString(length));
            response.headers().set(HeaderNames.CACHE_CONTROL, "no-store");
            ContentTags.reprDigest(backup.digests())
                    .ifPresent(digest -> response.headers().set(ContentTags.REPR_DIGEST, digest));
            sender.deliver(backup.content(), new ByteRange.Slice(0, length), response);
        }
    }
}
