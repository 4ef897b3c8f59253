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

    /** Joins the routes to the services they call. */
    public Routes(Services services) {
        TableAccess decision = new TableAccess(services.registry(), services.access(), services.publisher());
        VersionStore versions = services.publisher().versions();
        FileSender sender = new FileSender(versions, services.limits());
        this.data = new DataRoutes(decision, versions, sender);
        this.manifest = new ManifestRoute(decision, services.runs(), services.time());
        this.catalog = new CatalogRoutes(decision, services.registry(), services.runs());
        this.events = new RunEvents(services.engine(), services.runs());
        this.sync = new SyncRoutes(services.engine(), services.runs(), services.registry(), events);
        this.registry = new RegistryRoutes(
                services.registry(),
                services.publisher(),
                services.sources(),
                services.engine(),
                services.discovery(),
                services.time());
        this.access = new AccessRoutes(services.registry(), services.access(), services.time());
        this.health = new HealthRoutes(services);
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
