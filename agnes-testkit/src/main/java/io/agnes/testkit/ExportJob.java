// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An export job. It ends after a number of polls, so that a test knows how often a client polls, or after a time by the
 * fake's clock.
 */
final class ExportJob implements FakeJob {
    /** The time that the last poll waits for the export to finish; after it the job is still processing. */
    private static final long JOIN_SECONDS = 30;

    private final long id;
    private final String tableId;
    private final ExportParams params;
    private final JobBehaviour behaviour;
    private final boolean cacheHit;
    private final Future<FakeFile> export;
    private final ManualClock clock;
    private final Instant created;
    private final @Nullable String runId;
    private final JobDuration length;
    private final AtomicInteger polled = new AtomicInteger();

    ExportJob(
            long id,
            String tableId,
            ExportParams params,
            JobBehaviour behaviour,
            boolean cacheHit,
            Future<FakeFile> export,
            ManualClock clock,
            @Nullable String runId,
            JobDuration usual) {
        this.id = id;
        this.tableId = tableId;
        this.params = params;
        this.behaviour = behaviour;
        this.cacheHit = cacheHit;
        this.export = export;
        this.clock = clock;
        this.created = clock.instant();
        this.runId = runId;
        this.length = length(behaviour, usual);
    }

    private static JobDuration length(JobBehaviour behaviour, JobDuration usual) {
        return switch (behaviour) {
            case JobBehaviour.Succeeds succeeds -> new JobDuration.Polls(succeeds.polls());
            case JobBehaviour.Takes takes -> new JobDuration.Elapsed(takes.time());
            case JobBehaviour.EndsAtOnce atOnce -> new JobDuration.Polls(0);
            case JobBehaviour.NeverEnds never -> new JobDuration.Endless();
            case JobBehaviour.Says says -> new JobDuration.Polls(says.polls());
            case JobBehaviour.Fails fails -> usual;
            case JobBehaviour.FailsWithoutError fails -> usual;
            case JobBehaviour.FailsWithOddMessage fails -> usual;
            case JobBehaviour.SucceedsWithoutFile succeeds -> usual;
            case JobBehaviour.SucceedsWithTextIds succeeds -> usual;
        };
    }

    @Override
    public Map<String, @Nullable Object> accepted(String stack) {
        return behaviour instanceof JobBehaviour.EndsAtOnce ? ended(stack) : running("waiting", stack);
    }

    @Override
    public Map<String, @Nullable Object> poll(String stack) {
        return at(polled.incrementAndGet(), stack);
    }

    @Override
    public Map<String, @Nullable Object> listed(String stack) {
        return behaviour instanceof JobBehaviour.EndsAtOnce ? ended(stack) : at(polled.get(), stack);
    }

    private Map<String, @Nullable Object> at(int poll, String stack) {
        if (over(poll)) {
            return ended(stack);
        }
        if (behaviour instanceof JobBehaviour.Says says) {
            return running(says.status(), stack);
        }
        return running(poll <= 1 && !over(poll + 1) ? "waiting" : "processing", stack);
    }

    private boolean over(int poll) {
        return switch (length) {
            case JobDuration.Polls polls -> poll > polls.count();
            case JobDuration.Elapsed lasts -> !clock.instant().isBefore(created.plus(lasts.time()));
            case JobDuration.Endless endless -> false;
        };
    }

    private Map<String, @Nullable Object> running(String status, String stack) {
        Map<String, @Nullable Object> job = fields(status, stack);
        job.put("startTime", status.equals("waiting") ? null : PhpTime.write(created));
        job.put("endTime", null);
        job.put("results", null);
        job.put("metrics", metrics(0));
        return job;
    }

    private Map<String, @Nullable Object> ended(String stack) {
        return switch (behaviour) {
            case JobBehaviour.Fails fails -> failed(stack, error(fails.code(), fails.message()));
            case JobBehaviour.FailsWithoutError fails -> failed(stack, null);
            case JobBehaviour.FailsWithOddMessage fails ->
                failed(stack, Json.object("code", 0, "message", Json.object("text", List.of("odd"))));
            case JobBehaviour.SucceedsWithoutFile without -> succeeded(stack, Json.read(without.results()), 0);
            default -> exported(stack);
        };
    }

    private Map<String, @Nullable Object> exported(String stack) {
        try {
            FakeFile file = export.get(JOIN_SECONDS, TimeUnit.SECONDS);
            return succeeded(
                    stack,
                    Json.object("file", Json.object("id", id(file.id())), "cacheHit", cacheHit),
                    file.sliceBytes());
        } catch (TimeoutException e) {
            return running("processing", stack);
        } catch (ExecutionException e) {
            String message = "Cannot unload the table: " + String.valueOf(e.getCause());
            return failed(stack, error("storage.tables.unload", message));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return running("processing", stack);
        }
    }

    private Map<String, @Nullable Object> succeeded(String stack, @Nullable Object results, long bytes) {
        Map<String, @Nullable Object> job = terminal("success", stack);
        job.put("results", results);
        job.put("metrics", metrics(bytes));
        return job;
    }

    private Map<String, @Nullable Object> failed(String stack, @Nullable Object error) {
        Map<String, @Nullable Object> job = terminal("error", stack);
        job.put("results", null);
        if (error != null) {
            job.put("error", error);
        }
        job.put("metrics", metrics(0));
        return job;
    }

    private static Map<String, @Nullable Object> error(String code, String message) {
        return Json.object(
                "code", code,
                "message", message,
                "exceptionId", ErrorResponseException.exceptionId(),
                "contextParams", Map.of(),
                "uuid", ErrorResponseException.exceptionId());
    }

    private Map<String, @Nullable Object> terminal(String status, String stack) {
        Map<String, @Nullable Object> job = fields(status, stack);
        job.put("startTime", PhpTime.write(created));
        job.put("endTime", PhpTime.write(clock.instant()));
        return job;
    }

    private Map<String, @Nullable Object> fields(String status, String stack) {
        return Json.object(
                "id",
                id(id),
                "status",
                status,
                "url",
                stack + "/v2/storage/jobs/" + id,
                "tableId",
                tableId,
                "operationName",
                "tableExport",
                "operationParams",
                Json.object("export", echo(), "queue", "main_fast"),
                "createdTime",
                PhpTime.write(created),
                "runId",
                runId,
                "creatorToken",
                FakeKeboola.creator());
    }

    private Map<String, @Nullable Object> echo() {
        return Json.object(
                "tableName",
                null,
                "columns",
                params.columns(),
                "limit",
                params.limit(),
                "changedSince",
                params.since() == null ? null : params.since().getEpochSecond(),
                "changedUntil",
                params.until() == null ? null : params.until().getEpochSecond(),
                "gzipOutput",
                params.gzip(),
                "format",
                "rfc",
                "whereFilters",
                params.filters().stream().map(ExportJob::echo).toList(),
                "fileType",
                params.fileType(),
                "timezone",
                null);
    }

    private static Map<String, @Nullable Object> echo(ExportParams.Filter filter) {
        return Json.object("column", filter.column(), "operator", filter.operator(), "values", filter.values());
    }

    private Map<String, @Nullable Object> metrics(long bytes) {
        return Json.object(
                "inCompressed",
                false,
                "inBytes",
                0,
                "inBytesUncompressed",
                0,
                "outCompressed",
                params.gzip() && bytes > 0,
                "outBytes",
                params.gzip() ? bytes : 0,
                "outBytesUncompressed",
                params.gzip() ? 0 : bytes);
    }

    private Object id(long number) {
        return behaviour instanceof JobBehaviour.SucceedsWithTextIds
                ? (Object) String.valueOf(number)
                : (Object) number;
    }
}
