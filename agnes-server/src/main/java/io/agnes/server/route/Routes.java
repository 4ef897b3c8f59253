package io.agnes.server.route;

import io.agnes.core.Time;
import io.agnes.core.sync.RunLog;
import io.agnes.core.sync.SyncEngine;
import io.agnes.core.table.TableRegistry;
import io.agnes.server.access.AccessStore;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.security.SecurityFeature;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.IntSupplier;

/**
 * Everything that is served. A request is given an id, then an identity if it brings a good token, then to the first
 * route that takes it; what no route takes is a 404 of ours.
 */
public final class Routes implements AutoCloseable {
    private final FileSender sender;
    private final DataRoutes data;
    private final ManifestRoute manifest;
    private final SyncRoutes sync;
    private final AdminRoutes admin;
    private final HealthRoutes health;

    /**
     * Joins the routes to the engines behind them.
     *
     * @param dataRoot the directory below which versions lie
     * @param sourceTypes what a table can come from
     * @param version of this program
     * @param schema of the registry, asked of it
     */
    public Routes(
            TableRegistry registry,
            AccessStore store,
            RunLog runs,
            SyncEngine engine,
            Path dataRoot,
            Set<String> sourceTypes,
            String version,
            IntSupplier schema,
            Time time) {
        TableAccess access = new TableAccess(registry, store);
        this.sender = new FileSender(dataRoot, time);
        this.data = new DataRoutes(access, sender);
        this.manifest = new ManifestRoute(access, time);
        this.sync = new SyncRoutes(engine, runs, registry);
        this.admin = new AdminRoutes(registry, store, sourceTypes, time);
        this.health = new HealthRoutes(version, schema);
    }

    /** Adds the routes, and what stands before and behind them. */
    public void register(HttpRouting.Builder routing) {
        Errors.register(routing);
        routing.addFilter(new Preliminaries())
                .any(SecurityFeature.authenticate().authenticationOptional().skipAudit())
                .register("/api/data", data)
                .register("/api/sync", manifest, sync)
                .register("/api/admin", admin)
                .register(new ProblemDocs())
                .register(health)
                .any((request, response) -> {
                    throw Problem.of(ProblemCode.ROUTE_NOT_FOUND, "There is no such route here.");
                });
    }

    /** Ends what the routes have running beside requests. */
    @Override
    public void close() {
        sender.close();
    }
}
