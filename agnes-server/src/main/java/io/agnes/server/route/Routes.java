// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.core.version.VersionStore;
import io.agnes.server.access.ClientAddress;
import io.agnes.server.api.Endpoint;
import io.agnes.server.api.ProblemCode;
import io.agnes.server.audit.Audit;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.security.SecurityFeature;
import java.util.List;
import java.util.stream.Stream;

/**
 * Everything that is served. A request is given an id, then an identity if it brings a good token, then to the first
 * route that takes it; what no route takes is a 404 of ours.
 */
public final class Routes {
    private final RunEvents events;
    private final HealthRoutes health;
    private final List<Route> routes;
    private final Audit audit;
    private final ClientAddress addresses;

    /** Joins the routes to the services they call. */
    public Routes(Services services) {
        TableAccess decision = new TableAccess(services.registry(), services.access(), services.publisher());
        VersionStore versions = services.publisher().versions();
        FileSender sender = new FileSender(versions, services.limits(), services.usage());
        this.events = new RunEvents(services.engine(), services.runs());
        this.audit = services.audit();
        this.addresses = new ClientAddress(services.limits().trustedHops());
        this.health = new HealthRoutes(services);
        this.routes = Stream.of(
                        new DataRoutes(decision, versions, sender, services.usage()).routes(),
                        new ManifestRoute(decision, services.runs(), services.time()).routes(),
                        new CatalogRoutes(decision, services.registry(), services.runs(), services.metadata()).routes(),
                        new MetadataCacheRoutes(
                                        decision, services.registry(), services.metadata(), audit, services.time())
                                .routes(),
                        new SyncRoutes(services.engine(), services.runs(), services.registry(), events, audit).routes(),
                        new RegistryRoutes(
                                        services.registry(),
                                        services.publisher(),
                                        services.sources(),
                                        services.engine(),
                                        services.discovery(),
                                        audit,
                                        services.time())
                                .routes(),
                        new AccessRoutes(services.registry(), services.access(), services.usage(), services.time())
                                .routes(),
                        new Documents(services.version()).routes(),
                        new AuditRoutes(audit, services.usage()).routes(),
                        new BackupRoute(services.backups(), sender, audit).routes(),
                        new ProblemDocs().routes(),
                        health.routes(),
                        List.of(new Route(OperationsApi.OPTIONS, Routes::options)))
                .flatMap(List::stream)
                .toList();
        requireDescribed(routes.stream().map(Route::endpoint).toList(), HttpApi.ENDPOINTS);
    }

    private static void requireDescribed(List<Endpoint> served, List<Endpoint> described) {
        List<String> names = described.stream()
                .map(Endpoint::names)
                .flatMap(List::stream)
                .sorted()
                .toList();
        if (!names.equals(served.stream()
                .map(Endpoint::names)
                .flatMap(List::stream)
                .sorted()
                .toList())) {
            throw new IllegalStateException("served and described routes differ: " + served + " and " + described);
        }
    }

    /** Adds the routes, and what stands before and behind them. */
    public void register(HttpRouting.Builder routing) {
        new Errors(audit).register(routing);
        routing.addFilter(new Preliminaries(audit, addresses))
                .any(SecurityFeature.authenticate().authenticationOptional().skipAudit());
        routes.forEach(route -> route.register(routing));
        routing.any((request, response) -> {
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
