// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.core.RegistryFailedException;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** {@code /api/health}, {@code /health/live} and {@code /health/ready}, open to everybody. */
final class HealthRoutes {
    /** Room for the registry's log before a checkpoint, and for the checkpoint. */
    private static final long LEAST_FREE_BYTES = 32L * 1024 * 1024;

    private static final int MOST_NAMED = 20;

    private final Services services;
    private volatile boolean shuttingDown;

    HealthRoutes(Services services) {
        this.services = services;
    }

    /** Makes readiness red: a proxy should send no more requests. */
    void shutDown() {
        shuttingDown = true;
    }

    List<Route> routes() {
        return List.of(
                new Route(OperationsApi.HEALTH, this::health),
                new Route(OperationsApi.LIVE, this::live),
                new Route(OperationsApi.READY, this::ready));
    }

    /**
     * {@code GET /api/health}: always 200; {@code status} is {@code ok}, or {@code degraded} if the registry does not
     * answer or a source cannot be reached; with {@code sources} and the age of the last run that succeeded.
     */
    private void health(ServerRequest request, ServerResponse response) {
        int found = schema();
        boolean good =
                found > 0 && services.sourceStates().get().values().stream().noneMatch(SourceState::isBad);
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("status", good ? "ok" : "degraded")
                .add("db_schema", found)
                .add("version", services.version());
        Requests.send(request, response, addSync(json).build());
    }

    /** Adds the state of sources and runs, which does not affect downloads. */
    private JsonObjectBuilder addSync(JsonObjectBuilder json) {
        JsonObjectBuilder sources = Json.createObjectBuilder();
        new TreeMap<>(services.sourceStates().get()).forEach((type, state) -> sources.add(type, json(state)));
        json.add("sources", sources);
        Optional<Instant> last = lastSuccess();
        if (last.isEmpty()) {
            return json.addNull("last_good_sync_at").addNull("last_good_sync_age_seconds");
        }
        Duration age = Duration.between(last.get(), services.time().now());
        return json.add("last_good_sync_at", last.get().toString())
                .add("last_good_sync_age_seconds", Math.max(0, age.toSeconds()));
    }

    private static JsonObjectBuilder json(SourceState state) {
        return Json.createObjectBuilder()
                .add("status", state.status().text())
                .add("code", state.code() == null ? JsonValue.NULL : Json.createValue(state.code()))
                .add(
                        "checked_at",
                        state.checkedAt() == null
                                ? JsonValue.NULL
                                : Json.createValue(state.checkedAt().toString()));
    }

    private Optional<Instant> lastSuccess() {
        try {
            return services.runs().lastSuccess();
        } catch (RegistryFailedException e) {
            return Optional.empty();
        }
    }

    /** {@code GET /health/live}: 200 while the process answers. */
    private void live(ServerRequest request, ServerResponse response) {
        Requests.send(
                request,
                response,
                Json.createObjectBuilder().add("status", "ok").build());
    }

    /**
     * {@code GET /health/ready}: 200, or 503 with the reasons: {@code registry}, {@code disk_full}, {@code shutting_down},
     * and {@code quarantined: ID} for each table whose newest version is damaged, until the next version is published.
     * A source that cannot be reached is information and no reason: published versions are served without it, so a proxy that
     * asks here must go on sending readers.
     */
    private void ready(ServerRequest request, ServerResponse response) {
        List<String> reasons = new ArrayList<>();
        if (schema() == 0) {
            reasons.add("registry");
        } else {
            addQuarantined(reasons);
        }
        if (usableBytes() < LEAST_FREE_BYTES) {
            reasons.add("disk_full");
        }
        if (shuttingDown) {
            reasons.add("shutting_down");
        }
        response.status(reasons.isEmpty() ? Status.OK_200 : Status.SERVICE_UNAVAILABLE_503);
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("status", reasons.isEmpty() ? "ok" : "unavailable")
                .add("reasons", Json.createArrayBuilder(reasons));
        Requests.send(request, response, addSync(json).build());
    }

    private void addQuarantined(List<String> reasons) {
        try {
            List<String> tables = services
                    .publisher()
                    .guard()
                    .inspected(services.registry().all())
                    .stream()
                    .filter(entry -> entry.quarantined().isPresent())
                    .map(entry -> entry.table().id().value())
                    .toList();
            tables.stream().limit(MOST_NAMED).forEach(table -> reasons.add("quarantined: " + table));
            if (tables.size() > MOST_NAMED) {
                reasons.add("quarantined: " + (tables.size() - MOST_NAMED) + " more");
            }
        } catch (RegistryFailedException e) {
            reasons.add("registry");
        }
    }

    /** The free bytes of the disk; 0 if the disk does not answer. */
    private long usableBytes() {
        try {
            return Files.getFileStore(services.data()).getUsableSpace();
        } catch (IOException e) {
            return 0;
        }
    }

    /** The registry's schema; 0 if the registry does not answer. */
    private int schema() {
        try {
            return services.schema().getAsInt();
        } catch (RegistryFailedException e) {
            return 0;
        }
    }
}
