// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.core.sync.VersionGuard;
import io.agnes.core.table.TableRegistry;
import io.agnes.core.table.TableVersion;
import io.agnes.core.version.VersionStore;
import io.agnes.server.access.Identity;
import io.agnes.server.api.ProblemCode;
import io.agnes.server.audit.Usage;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** {@code /api/data}: may I, and give me. */
final class DataRoutes {
    private static final HeaderName AGNES_FILE = HeaderNames.create("X-Agnes-File");

    /** A proxy asks in the middle of a request; small files are read within it. */
    private static final Duration CHECK_PATIENCE = Duration.ofMillis(250);

    private static final Duration DOWNLOAD_PATIENCE = Duration.ofSeconds(5);
    private static final Header RETRY_SOON = HeaderValues.create(HeaderNames.RETRY_AFTER, "5");
    private static final Header RETRY_LATER = HeaderValues.create(HeaderNames.RETRY_AFTER, "60");

    private final TableAccess access;
    private final VersionStore versions;
    private final FileSender sender;
    private final Usage usage;

    DataRoutes(TableAccess access, VersionStore versions, FileSender sender, Usage usage) {
        this.access = access;
        this.versions = versions;
        this.sender = sender;
        this.usage = usage;
    }

    List<Route> routes() {
        return List.of(new Route(DataApi.CHECK, this::check), new Route(DataApi.DOWNLOAD, this::download));
    }

    /** {@code GET·HEAD /api/data/{id}/check-access}: 204 with the file for the proxy, 401, 403, 404 or 503. */
    private void check(ServerRequest request, ServerResponse response) {
        Identity identity = Requests.identity(request);
        TableRegistry.Entry entry = access.readable(identity, Requests.tableId(request));
        // Without a name the proxy sends the reader to the download here, which says what is the matter.
        if (access.served(entry, CHECK_PATIENCE) instanceof VersionGuard.Found.Served served
                && versions.file(served.version()).isPresent()) {
            usage.checked(identity.user().value(), entry.table().id().value());
            response.headers().set(AGNES_FILE, served.version().name());
            response.headers()
                    .set(HeaderNames.ETAG, ContentTags.etag(served.version().digest()));
        }
        response.status(Status.NO_CONTENT_204).send();
    }

    /** {@code GET·HEAD /api/data/{id}/download}: 200, 206, 304, 401, 403, 404, 412, 416, 429 or 503. */
    private void download(ServerRequest request, ServerResponse response) throws IOException, InterruptedException {
        TableRegistry.Entry entry = access.readable(Requests.identity(request), Requests.tableId(request));
        TableVersion version = version(entry);
        describe(response, version);
        Conditions conditions = new Conditions(ContentTags.etag(version.digest()), version.publishedAt());
        switch (conditions.of(request.headers())) {
            case NOT_MODIFIED -> response.status(Status.NOT_MODIFIED_304).send();
            case FAILED ->
                throw Problem.of(ProblemCode.PRECONDITION_FAILED, "The current version is not the one asked for.");
            case SEND -> sender.send(request, response, version, conditions.rangeHolds(request.headers()));
        }
    }

    private TableVersion version(TableRegistry.Entry entry) {
        return switch (access.served(entry, DOWNLOAD_PATIENCE)) {
            case VersionGuard.Found.Served served -> served.version();
            case VersionGuard.Found.Unpublished none ->
                throw Problem.of(ProblemCode.NOT_PUBLISHED, "No version of this table is published yet.");
            case VersionGuard.Found.Quarantined damaged ->
                throw Problem.of(
                                ProblemCode.VERSION_QUARANTINED,
                                "The file of this table was damaged; the next sync brings it again.")
                        .with(RETRY_LATER);
            case VersionGuard.Found.Verifying touched ->
                throw Problem.of(
                                ProblemCode.VERSION_UNVERIFIED,
                                "The file of this table was touched and is being read to see whether it is whole.")
                        .with(RETRY_SOON);
        };
    }

    private static void describe(ServerResponse response, TableVersion version) {
        response.headers().set(HeaderNames.ETAG, ContentTags.etag(version.digest()));
        response.headers().set(HeaderNames.LAST_MODIFIED, HttpDates.text(version.publishedAt()));
        response.headers().set(HeaderNames.CACHE_CONTROL, "private");
        ContentTags.reprDigest(version.digest())
                .ifPresent(digest -> response.headers().set(ContentTags.REPR_DIGEST, digest));
    }
}
