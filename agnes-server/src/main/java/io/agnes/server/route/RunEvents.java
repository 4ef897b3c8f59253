// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.core.TableId;
import io.agnes.core.sync.RunId;
import io.agnes.core.sync.RunLog;
import io.agnes.core.sync.SyncEngine;
import io.agnes.core.sync.SyncRun;
import io.agnes.core.sync.TableOutcome;
import io.agnes.core.sync.TableProgress;
import io.agnes.server.api.ProblemCode;
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
 * Streams the events of a run as {@code text/event-stream}: {@code table} for the outcome of each table, numbered from 1 in the
 * order in which they finished, {@code progress} at most once a second while it changes, and {@code end}, after which the answer
 * ends. A listener that reconnects with {@code Last-Event-ID} gets the tables after it, also after a restart of the server.
 * At most {@value #MOST_LISTENERS} listen at once.
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

    /** Ends all streams within a second; listeners reconnect to the next process. */
    void end() {
        over = true;
    }

    /** Streams until the run has ended or the listener is gone. */
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

    /** The number of tables that the listener has; 0 if the header is no number. */
    private static int lastEvent(ServerRequest request) {
        return request.headers()
                .value(LAST_EVENT_ID)
                .filter(id -> id.matches("[0-9]{1,9}"))
                .map(Integer::parseInt)
                .orElse(0);
    }

    /** The stream of one listener. */
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

        /** Sends a comment if nothing changed: it keeps proxies from closing, and a listener that is gone shows within a second. */
        private void progress() throws IOException {
            Map<TableId, TableProgress> now = engine.progress();
            if (now.equals(progress)) {
                write(":\n\n");
            } else {
                progress = now;
                event("progress", "", RunJson.progress(now).build());
            }
        }

        /** JSON escapes line breaks in texts, so an event is one line. */
        private void event(String name, String id, JsonObject data) throws IOException {
            write(id + "event: " + name + "\ndata: " + data + "\n\n");
        }

        private void write(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        }
    }
}
