// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.core.version.VersionStore;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.security.SecurityFeature;

/**
 * Everything that is served. A request is given an id, then an identity if it brings a good token, then to the first
 * route that takes it; what no route takes is a 404 of ours.
 */
public final class Routes {
    private final DataRoutes data;
    private final ManifestRoute manifest;
    private final CatalogRoutes catalog;
    private final RunEvents events;
    private final SyncRoutes sync;
    private final RegistryRoutes registry;
    private final AccessRoutes access;
    private final HealthRoutes health;

    /** Joins the routes to what is behind them. */
    public Routes(Backend behind) {
        TableAccess decision = new TableAccess(behind.registry(), behind.access(), behind.publisher());
        VersionStore versions = behind.publisher().versions();
        FileSender sender = new FileSender(versions, behind.limits());
        this.data = new DataRoutes(decision, versions, sender);
        this.manifest = new ManifestRoute(decision, behind.runs(), behind.time());
        this.catalog = new CatalogRoutes(decision, behind.registry(), behind.runs());
        this.events = new RunEvents(behind.engine(), behind.runs());
        this.sync = new SyncRoutes(behind.engine(), behind.runs(), behind.registry(), events);
        this.registry = new RegistryRoutes(
                behind.registry(),
                behind.publisher(),
                behind.sourceTypes(),
                behind.engine(),
                behind.discovery(),
                behind.time());
        this.access = new AccessRoutes(behind.registry(), behind.access(), behind.time());
        this.health = new HealthRoutes(behind);
    }

    /** Adds the routes, and what stands before and behind them. */
    public void register(HttpRouting.Builder routing) {
        Errors.register(routing);
        routing.addFilter(new Preliminaries())
                .any(SecurityFeature.authenticate().authenticationOptional().skipAudit())
                .register("/api/data", data)
                .register("/api/sync", manifest, sync)
                .register("/api/v2", catalog)
                .register("/api/admin", registry, access)
                .register(new ProblemDocs())
                .register(health)
                .options("/", Routes::options)
                .any((request, response) -> {
                    throw Problem.of(ProblemCode.ROUTE_NOT_FOUND, "There is no such route here.");
                });
    }

    /** {@code OPTIONS *}, which asks for the server as a whole: 204. */
    private static void options(ServerRequest request, ServerResponse response) {
        response.headers().set(HeaderNames.ALLOW, "GET, HEAD, POST, PUT, DELETE, OPTIONS");
        response.status(Status.NO_CONTENT_204).send();
    }

    /** Tells that the end is near: readiness is red from now on, and answers that would go on and on end. */
    public void shutDown() {
        health.shutDown();
        events.end();
    }
}
