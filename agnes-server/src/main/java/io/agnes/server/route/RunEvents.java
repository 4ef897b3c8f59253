// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.core.TableId;
import io.agnes.core.sync.RunId;
import io.agnes.core.sync.RunLog;
import io.agnes.core.sync.SyncEngine;
import io.agnes.core.sync.SyncRun;
import io.agnes.core.sync.TableOutcome;
import io.agnes.core.sync.TableProgress;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * Tells listeners of a run as it goes, as {@code text/event-stream}: an event {@code table} for what became of each
 * table, numbered from 1 in the order that they ended, {@code progress} at most once a second while it changes, and at
 * last {@code end}, after which the answer ends. Who comes again with {@code Last-Event-ID} is told the tables from
 * there on, also after a restart of the server. At most {@value #MOST_LISTENERS} at once.
 */
final class RunEvents {
    private static final HeaderName LAST_EVENT_ID = HeaderNames.create("Last-Event-ID");

    /** Each asks the registry once a second. */
    private static final int MOST_LISTENERS = 64;

    private static final Duration LONGEST_LOOK = Duration.ofSeconds(1);

    private final SyncEngine engine;
    private final RunLog runs;
    private final Semaphore listeners = new Semaphore(MOST_LISTENERS);
    private volatile boolean over;

    RunEvents(SyncEngine engine, RunLog runs) {
        this.engine = engine;
        this.runs = runs;
    }

    /** Lets every listener go within a second; they may come again to the next process. */
    void end() {
        over = true;
    }

    /** Answers until the run is over or the listener has left. */
    void tell(ServerRequest request, ServerResponse response, RunId run) throws InterruptedException {
        if (!listeners.tryAcquire()) {
            throw Problem.of(
                            ProblemCode.TOO_MANY_LISTENERS,
                            MOST_LISTENERS + " listen to runs already, which is the bound.")
                    .with(HeaderValues.create(HeaderNames.RETRY_AFTER, "30"));
        }
        response.headers().set(HeaderNames.CONTENT_TYPE, "text/event-stream");
        response.headers().set(HeaderNames.CACHE_CONTROL, "no-store");
        try (OutputStream out = response.outputStream()) {
            new Telling(out, lastEvent(request)).run(run);
        } catch (UncheckedIOException | IOException e) {
            throw new CloseConnectionException("the listener left", e);
        } finally {
            listeners.release();
        }
    }

    /** How many tables the listener knows of; a number that is none is that of somebody else's stream. */
    private static int lastEvent(ServerRequest request) {
        return request.headers()
                .value(LAST_EVENT_ID)
                .filter(id -> id.matches("[0-9]{1,9}"))
                .map(Integer::parseInt)
                .orElse(0);
    }

    /** To one listener. */
    private final class Telling {
        private final OutputStream out;
        private Map<TableId, TableProgress> progress = Map.of();
        private int told;

        Telling(OutputStream out, int told) {
            this.out = out;
            this.told = told;
        }

        void run(RunId run) throws IOException, InterruptedException {
            while (!over) {
                Optional<SyncRun> now = runs.find(run);
                if (now.isEmpty()) {
                    return;
                }
                tables(now.get());
                if (now.get().status() != SyncRun.Status.RUNNING) {
                    event("end", "", RunJson.of(now.get()).build());
                    return;
                }
                progress();
                engine.awaitChange(LONGEST_LOOK);
            }
        }

        private void tables(SyncRun run) throws IOException {
            List<Map.Entry<TableId, TableOutcome>> ended =
                    new ArrayList<>(run.outcomes().entrySet());
            for (; told < ended.size(); told++) {
                Map.Entry<TableId, TableOutcome> table = ended.get(told);
                event(
                        "table",
                        "id: " + (told + 1) + "\n",
                        OutcomeJson.of(table.getValue())
                                .add("table_id", table.getKey().value())
                                .build());
            }
        }

        /** If there is none, a comment: it keeps proxies patient, and shows in a second that the listener has left. */
        private void progress() throws IOException {
            Map<TableId, TableProgress> now = engine.progress();
            if (now.equals(progress)) {
                write(":\n\n");
            } else {
                progress = now;
                event("progress", "", RunJson.progress(now).build());
            }
        }

        /** JSON has no line break outside of texts, where it is escaped, so it is one line. */
        private void event(String name, String id, JsonObject data) throws IOException {
            write(id + "event: " + name + "\ndata: " + data + "\n\n");
        }

        private void write(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        }
    }
}
