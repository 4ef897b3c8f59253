// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.server.api.Answer;
import io.agnes.server.api.Endpoint;
import io.agnes.server.api.ProblemCode;
import io.agnes.server.api.Who;
import java.util.List;

/** Describes {@link BackupRoute}. */
final class BackupApi {
    static final Endpoint BACKUP = Endpoint.get("/api/backup", Who.ADMIN)
            .answers(Answer.content(200, "application/octet-stream", "The registry as one DuckDB file.")
                    .header("Content-Disposition", "a name with the time of the backup")
                    .header("Repr-Digest", "SHA-256 of the file, as in RFC 9530"))
            .refuses(ProblemCode.BACKUP_RUNNING, ProblemCode.TOO_MANY_BACKUPS, ProblemCode.DISK_FULL)
            .described("Operations", "Sends a verified copy of the registry, as it is at one moment");

    static final List<Endpoint> ENDPOINTS = List.of(BACKUP);

    private BackupApi() {}
}
