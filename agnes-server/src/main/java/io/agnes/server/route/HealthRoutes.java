package io.agnes.server.route;

import io.agnes.server.registry.RegistryException;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import java.util.function.IntSupplier;

/** {@code /api/health}, {@code /health/live} and {@code /health/ready}, open to everybody. */
final class HealthRoutes implements HttpService {
    private final String version;
    private final IntSupplier schema;

    /** @param schema asks the registry, so that its failure shows */
    HealthRoutes(String version, IntSupplier schema) {
        this.version = version;
        this.schema = schema;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/api/health", this::health).get("/health/live", this::live).get("/health/ready", this::ready);
    }

    /** {@code GET /api/health}: always 200; {@code status} is {@code ok} or {@code degraded}. */
    private void health(ServerRequest request, ServerResponse response) {
        int found = schema();
        Requests.send(
                response,
                Json.createObjectBuilder()
                        .add("status", found > 0 ? "ok" : "degraded")
                        .add("db_schema", found)
                        .add("version", version)
                        .build());
    }

    /** {@code GET /health/live}: 200 while the process answers. */
    private void live(ServerRequest request, ServerResponse response) {
        Requests.send(response, Json.createObjectBuilder().add("status", "ok").build());
    }

    /** {@code GET /health/ready}: 200, or 503 with the reasons. */
    private void ready(ServerRequest request, ServerResponse response) {
        boolean ready = schema() > 0;
        JsonArrayBuilder reasons = Json.createArrayBuilder();
        if (!ready) {
            reasons.add("registry");
            response.status(Status.SERVICE_UNAVAILABLE_503);
        }
        Requests.send(
                response,
                Json.createObjectBuilder()
                        .add("status", ready ? "ok" : "unavailable")
                        .add("reasons", reasons)
                        .build());
    }

    /** 0 if the registry does not answer. */
    private int schema() {
        try {
            return schema.getAsInt();
        } catch (RegistryException e) {
            return 0;
        }
    }
}
