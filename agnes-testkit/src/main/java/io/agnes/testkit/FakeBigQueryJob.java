// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import io.agnes.testkit.GoogleWarehouse.Rows;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A job of {@link FakeBigQuery}. Its work starts when its scripted time or number of polls is over, so a job that is cancelled
 * before has no effect.
 */
final class FakeBigQueryJob {
    /** How long a poll waits for work that has started, in milliseconds. */
    private static final long WAIT_MILLIS = 2_000;

    private final Reference reference;
    private final Map<String, @Nullable Object> configuration;
    private final JobDuration length;
    private final @Nullable GoogleJobException scripted;
    private final Supplier<Future<Result>> work;
    private final ManualClock clock;
    private final Instant created;
    private int polls;
    private @Nullable Instant started;
    private @Nullable Instant ended;
    private @Nullable Future<Result> running;
    private @Nullable Result result;
    private @Nullable GoogleJobException error;

    /** The identity of a job. */
    record Reference(String project, String location, String id) {
        Map<String, @Nullable Object> json() {
            return Json.object("projectId", project, "jobId", id, "location", location);
        }

        @Override
        public String toString() {
            return project + ":" + location + "." + id;
        }
    }

    /**
     * What a job has done.
     *
     * @param statistics fields of the job's statistics
     * @param rows the result of a query, or null
     */
    record Result(
            Map<String, @Nullable Object> statistics,
            @Nullable Rows rows) {}

    /**
     * @param configuration as the client sent it, with {@code jobType}
     * @param scripted the error with which the job ends in place of its work, or null
     * @param work starts the work
     */
    FakeBigQueryJob(
            Reference reference,
            Map<String, @Nullable Object> configuration,
            JobDuration length,
            @Nullable GoogleJobException scripted,
            Supplier<Future<Result>> work,
            ManualClock clock) {
        this.reference = reference;
        this.configuration = configuration;
        this.length = length;
        this.scripted = scripted;
        this.work = work;
        this.clock = clock;
        this.created = clock.instant();
    }

    Reference reference() {
        return reference;
    }

    Instant created() {
        return created;
    }

    Map<String, @Nullable Object> configuration() {
        return configuration;
    }

    synchronized boolean isDone() {
        return ended != null;
    }

    /** The error with which the job ended, or null. */
    synchronized @Nullable GoogleJobException error() {
        return error;
    }

    /** The rows of a query that has ended, or null. */
    synchronized @Nullable Rows rows() {
        return result == null ? null : result.rows;
    }

    /** Starts the job's work if it is due, without counting a poll, and waits a little for its end. */
    void begin() {
        advance(WAIT_MILLIS);
    }

    /** Counts a poll, after which the job may have ended. */
    void poll() {
        synchronized (this) {
            polls++;
        }
        advance(WAIT_MILLIS);
    }

    /** @param waitMillis how long to wait for work that has started */
    void advance(long waitMillis) {
        Future<Result> current;
        synchronized (this) {
            if (ended != null || !isDue()) {
                return;
            }
            started = started == null ? clock.instant() : started;
            if (scripted != null) {
                end(null, scripted);
                return;
            }
            if (running == null) {
                try {
                    running = work.get();
                } catch (RuntimeException e) {
                    end(null, GoogleJobException.of(e));
                    return;
                }
            }
            current = running;
        }
        await(current, waitMillis);
    }

    private boolean isDue() {
        return switch (length) {
            case JobDuration.Polls(int count) -> polls > count || (polls == 0 && count == 0);
            case JobDuration.Elapsed elapsed -> !clock.instant().isBefore(created.plus(elapsed.time()));
            case JobDuration.Endless endless -> false;
        };
    }

    private void await(Future<Result> current, long waitMillis) {
        try {
            Result done = current.get(waitMillis, TimeUnit.MILLISECONDS);
            synchronized (this) {
                end(done, null);
            }
        } catch (TimeoutException e) {
            // The next poll asks again.
        } catch (CancellationException e) {
            // cancel() has ended the job.
        } catch (ExecutionException e) {
            synchronized (this) {
                end(null, GoogleJobException.of(e.getCause() == null ? e : e.getCause()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void end(@Nullable Result done, @Nullable GoogleJobException failure) {
        if (ended == null) {
            ended = clock.instant();
            result = done;
            error = failure;
        }
    }

    /** Ends the job. Work that has started stops at its next step and has no effect; a job that has ended stays as it is. */
    synchronized void cancel() {
        if (ended == null) {
            end(
                    null,
                    new GoogleJobException(499, "stopped", "Job execution was cancelled: User requested cancellation"));
            if (running != null) {
                running.cancel(false);
            }
        }
    }

    /**
     * Makes the effects of the job's work visible unless the job was cancelled.
     *
     * @throws CancellationException if it was
     */
    synchronized void commit(Runnable effects) {
        if (ended != null) {
            throw new CancellationException();
        }
        effects.run();
    }

    /** The logical bytes that the job has read. */
    synchronized String totalBytesProcessed() {
        return result == null ? "0" : String.valueOf(result.statistics.getOrDefault("totalBytesProcessed", "0"));
    }

    synchronized String state() {
        if (ended != null) {
            return "DONE";
        }
        return started == null && polls == 0 ? "PENDING" : "RUNNING";
    }

    /** The job as {@code jobs.get} returns it. */
    synchronized Map<String, @Nullable Object> json() {
        Map<String, @Nullable Object> status = Json.object("state", state());
        if (error != null) {
            status.put("errorResult", error.json());
            status.put("errors", List.of(error.json()));
        }
        return Json.object(
                "kind",
                "bigquery#job",
                "id",
                reference.toString(),
                "user_email",
                ServiceAccountKey.EMAIL,
                "configuration",
                shownConfiguration(),
                "jobReference",
                reference.json(),
                "statistics",
                statistics(),
                "status",
                status);
    }

    /** The configuration, in which a query has its anonymous table as destination. */
    private Map<String, @Nullable Object> shownConfiguration() {
        GoogleFields query = GoogleFields.of(configuration.get("query"));
        if (!query.has("query") || (result != null && result.rows == null)) {
            return configuration;
        }
        query.fields()
                .put(
                        "destinationTable",
                        Json.object(
                                "projectId",
                                reference.project,
                                "datasetId",
                                GoogleJobs.ANONYMOUS_DATASET,
                                "tableId",
                                GoogleJobs.anonymousTable(reference)));
        Map<String, @Nullable Object> shown = new LinkedHashMap<>(configuration);
        shown.put("query", query.fields());
        return shown;
    }

    private Map<String, @Nullable Object> statistics() {
        Map<String, @Nullable Object> statistics = Json.object("creationTime", String.valueOf(created.toEpochMilli()));
        if (!state().equals("PENDING")) {
            Instant begun = started == null ? created : started;
            statistics.put("startTime", String.valueOf(begun.toEpochMilli()));
        }
        if (ended != null) {
            statistics.put("endTime", String.valueOf(ended.toEpochMilli()));
        }
        if (result != null) {
            statistics.putAll(result.statistics);
        }
        return statistics;
    }
}
