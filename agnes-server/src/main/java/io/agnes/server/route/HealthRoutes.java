package io.agnes.server.route;

import io.agnes.server.registry.RegistryException;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import jakarta.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;

/** {@code /api/health}, {@code /health/live} and {@code /health/ready}, open to everybody. */
final class HealthRoutes implements HttpService {
    /** The registry's log of changes may take as much before it is folded into the file, and folding it as much again. */
    private static final long LEAST_FREE_BYTES = 32L * 1024 * 1024;

    private final String version;
    private final IntSupplier schema;
    private final Path data;
    private volatile boolean shuttingDown;

    /**
     * @param schema asks the registry, so that its failure shows
     * @param data the directory whose disk must have room
     */
    HealthRoutes(String version, IntSupplier schema, Path data) {
        this.version = version;
        this.schema = schema;
        this.data = data;
    }

    /** Whoever sends requests here should send no more. */
    void shutDown() {
        shuttingDown = true;
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

    /** {@code GET /health/ready}: 200, or 503 with the reasons: {@code registry}, {@code disk_full}, {@code shutting_down}. */
    private void ready(ServerRequest request, ServerResponse response) {
        List<String> reasons = new ArrayList<>();
        if (schema() == 0) {
            reasons.add("registry");
        }
        if (usableBytes() < LEAST_FREE_BYTES) {
            reasons.add("disk_full");
        }
        if (shuttingDown) {
            reasons.add("shutting_down");
        }
        response.status(reasons.isEmpty() ? Status.OK_200 : Status.SERVICE_UNAVAILABLE_503);
        Requests.send(
                response,
                Json.createObjectBuilder()
                        .add("status", reasons.isEmpty() ? "ok" : "unavailable")
                        .add("reasons", Json.createArrayBuilder(reasons))
                        .build());
    }

    /** A disk that cannot be asked has none. */
    private long usableBytes() {
        try {
            return Files.getFileStore(data).getUsableSpace();
        } catch (IOException e) {
            return 0;
        }
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
