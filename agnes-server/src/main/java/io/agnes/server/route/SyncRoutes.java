// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.core.RegistryFailedException;
import io.agnes.core.TableId;
import io.agnes.core.sync.RunId;
import io.agnes.core.sync.RunLog;
import io.agnes.core.sync.SyncEngine;
import io.agnes.core.sync.SyncRun;
import io.agnes.core.table.TableRegistry;
import io.agnes.server.access.Identity;
import io.agnes.server.access.Scope;
import io.agnes.server.api.ProblemCode;
import io.agnes.server.audit.Audit;
import io.agnes.server.audit.AuditAction;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.List;
import java.util.Optional;

/** {@code /api/sync}: start, watch and cancel runs. */
final class SyncRoutes {
    private static final int RUNS_LISTED = 50;
    private static final int MOST_RUNS_LISTED = 200;

    private final SyncEngine engine;
    private final RunLog runs;
    private final TableRegistry registry;
    private final RunEvents events;
    private final Audit audit;

    SyncRoutes(SyncEngine engine, RunLog runs, TableRegistry registry, RunEvents events, Audit audit) {
        this.engine = engine;
        this.events = events;
        this.audit = audit;
        this.runs = runs;
        this.registry = registry;
    }

    List<Route> routes() {
        return List.of(
                new Route(SyncApi.TRIGGER, this::trigger),
                new Route(SyncApi.STATUS, this::status),
                new Route(SyncApi.RUNS, this::list),
                new Route(SyncApi.ONE, this::one),
                new Route(SyncApi.EVENTS, this::events),
                new Route(SyncApi.CANCEL, this::cancel));
    }

    /** {@code POST /api/sync/trigger}: 200 with the run, 409 with the one at work, 422 if a table is not known. */
    private void trigger(ServerRequest request, ServerResponse response) {
        Identity identity = Requests.identity(request, Scope.OPERATE);
        Optional<List<TableId>> targets = TriggerBody.targets(Requests.json(request), this::resolve);
        if (targets.isPresent() && targets.get().isEmpty()) {
            JsonObjectBuilder nothing = Json.createObjectBuilder()
                    .add("status", "nothing_to_do")
                    .addNull("run_id")
                    .add("tables", JsonValue.EMPTY_JSON_ARRAY);
            Requests.send(request, response, nothing.build());
            return;
        }
        switch (engine.trigger(targets.orElse(List.of()), identity.user().value())) {
            case SyncEngine.Trigger.Started started -> {
                JsonObjectBuilder json = Json.createObjectBuilder()
                        .add("status", "triggered")
                        .add("run_id", started.run().value());
                targets.ifPresentOrElse(ids -> json.add("tables", RunJson.ids(ids)), () -> json.add("tables", "all"));
                Requests.send(request, response, json.build());
            }
            case SyncEngine.Trigger.Busy busy ->
                throw Problem.of(ProblemCode.SYNC_ALREADY_IN_PROGRESS, "Run " + busy.run() + " is at work.")
                        .with("run_id", busy.run().value())
                        .with("started_at", busy.startedAt().toString());
        }
    }

    /** The table of that id, else of that name: the one place where a name is looked up. */
    private Optional<TableId> resolve(String idOrName) {
        Optional<TableId> id =
                TableId.parse(idOrName).filter(known -> registry.find(known).isPresent());
        return id.isPresent()
                ? id
                : registry.all().stream()
                        .map(TableRegistry.Entry::table)
                        .filter(table -> table.name().equals(idOrName))
                        .map(table -> table.id())
                        .findFirst();
    }

    /** {@code GET /api/sync/status}: 200, needs no token; tells whether a run is at work. */
    private void status(ServerRequest request, ServerResponse response) {
        Requests.send(
                request,
                response,
                Json.createObjectBuilder().add("locked", isRunning()).build());
    }

    /** As the log of runs says; if it does not answer, whether a run is at work in this process. */
    private boolean isRunning() {
        try {
            return runs.running().isPresent();
        } catch (RegistryFailedException e) {
            return engine.running().isPresent();
        }
    }

    /**
     * {@code GET /api/sync/runs?limit=&cursor=}: 200 with the newest runs, 50 by default and 200 at most; {@code next_cursor} asks
     * for the runs before them, and is null after the last; 422.
     */
    private void list(ServerRequest request, ServerResponse response) {
        int limit = Requests.number(request, "limit", RUNS_LISTED, 1, MOST_RUNS_LISTED);
        Optional<RunId> before = request.query().first("cursor").asOptional().map(SyncRoutes::cursor);
        List<SyncRun> found = runs.newest(before, limit + 1);
        List<SyncRun> page = found.subList(0, Math.min(limit, found.size()));
        JsonArrayBuilder array = Json.createArrayBuilder();
        page.forEach(run -> array.add(json(run)));
        JsonObjectBuilder json = Json.createObjectBuilder().add("runs", array);
        Requests.send(
                request,
                response,
                (found.size() > limit
                                ? json.add("next_cursor", page.getLast().id().value())
                                : json.addNull("next_cursor"))
                        .build());
    }

    private static RunId cursor(String text) {
        return RunId.parse(text)
                .orElseThrow(() -> Problem.of(
                        ProblemCode.VALIDATION_FAILED, "cursor must be a next_cursor of an earlier answer."));
    }

    /** {@code GET /api/sync/runs/{run}}: 200 or 404. */
    private void one(ServerRequest request, ServerResponse response) {
        Requests.send(request, response, json(run(request)).build());
    }

    /** {@code GET /api/sync/runs/{run}/events}: 200 with {@link RunEvents} until it is over; 404; 429. */
    private void events(ServerRequest request, ServerResponse response) throws InterruptedException {
        events.tell(request, response, run(request).id());
    }

    /** {@code DELETE /api/sync/runs/{run}}: 204 once the run is over, also if it was before; 404. */
    private void cancel(ServerRequest request, ServerResponse response) throws InterruptedException {
        SyncRun run = run(request);
        engine.cancel(run.id());
        if (run.status() == SyncRun.Status.RUNNING) {
            audit.done(AuditAction.RUN_CANCELLED, run.id().value());
        }
        response.status(Status.NO_CONTENT_204).send();
    }

    private SyncRun run(ServerRequest request) {
        return RunId.parse(request.path().pathParameters().get("run"))
                .flatMap(runs::find)
                .orElseThrow(() -> Problem.of(ProblemCode.RUN_NOT_FOUND, "There is no such run."));
    }

    private JsonObjectBuilder json(SyncRun run) {
        JsonObjectBuilder json = RunJson.of(run);
        return run.status() == SyncRun.Status.RUNNING
                ? json.add("progress", RunJson.progress(engine.progress()))
                : json;
    }
}
