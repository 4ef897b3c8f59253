// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import io.agnes.testkit.FakeBigQueryJob.Reference;
import io.agnes.testkit.FakeBigQueryJob.Result;
import io.agnes.testkit.GoogleWarehouse.Rows;
import io.agnes.testkit.googlesql.GoogleColumn;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The routes of {@link FakeBigQuery} about jobs and the results of queries. */
final class JobRoutes {
    private static final long LIST_PAGE = 50;
    /** How long {@code jobs.query} waits for the end of a query without {@code timeoutMs}, in milliseconds. */
    private static final long TIMEOUT_MILLIS = 10_000;

    private final GoogleJobRunner runner;
    private final GoogleJobs jobs;
    private final Grants grants;
    private final GoogleWarehouse warehouse;
    private final String location;
    private final long pageRows;

    /**
     * @param location the location of a query without tables
     * @param pageRows the most rows in a page
     */
    JobRoutes(
            GoogleJobRunner runner,
            GoogleJobs jobs,
            Grants grants,
            GoogleWarehouse warehouse,
            String location,
            long pageRows) {
        this.runner = runner;
        this.jobs = jobs;
        this.grants = grants;
        this.warehouse = warehouse;
        this.location = location;
        this.pageRows = pageRows;
    }

    /** {@code jobs.insert}. */
    Response insert(Request request, List<String> path) {
        String project = path.get(0);
        grants.requireOnProject("bigquery.jobs.create", project);
        GoogleFields body = GoogleFields.of(request);
        GoogleFields configuration = body.object("configuration");
        GoogleFields reference = body.object("jobReference");
        if (configuration.has("query")) {
            return insertQuery(project, reference, configuration);
        }
        if (configuration.has("extract")) {
            return insertExtract(project, reference, configuration);
        }
        throw GoogleJobException.of(
                "notImplemented",
                "This fake runs queries and extract jobs, not "
                        + configuration.fields().keySet());
    }

    private Response insertQuery(String project, GoogleFields reference, GoogleFields configuration) {
        GoogleFields query = configuration.object("query");
        refuse(query);
        String sql = query.requireText("query");
        QueryPlan.Scope scope = scope(project, query, reference.text("location"));
        String id = reference.text("jobId");
        if (configuration.flag("dryRun")) {
            return Response.json(200, dryRun(sql, scope, query, configuration));
        }
        return insert(
                project,
                id,
                reference.text("location"),
                typed(configuration, "QUERY"),
                () -> runner.query(sql, scope, query.number("maximumBytesBilled"))
                        .plan()
                        .location(),
                job -> runner.start(job, sql, scope));
    }

    /** Refuses what the fake would have to ignore. */
    private static void refuse(GoogleFields query) {
        if (query.flag("useLegacySql")) {
            throw GoogleJobException.of("notImplemented", "This fake runs GoogleSQL, no legacy SQL");
        }
        for (String unknown : List.of("destinationTable", "queryParameters", "tableDefinitions", "scriptOptions")) {
            if (query.has(unknown)) {
                throw GoogleJobException.of("notImplemented", "This fake does not support " + unknown);
            }
        }
    }

    private static QueryPlan.Scope scope(String project, GoogleFields query, @Nullable String at) {
        return new QueryPlan.Scope(project, query.object("defaultDataset").text("datasetId"), at);
    }

    private Map<String, @Nullable Object> dryRun(
            String sql, QueryPlan.Scope scope, GoogleFields query, GoogleFields configuration) {
        GoogleJobRunner.Query planned = runner.query(sql, scope, query.number("maximumBytesBilled"));
        Map<String, @Nullable Object> statistics = Json.object(
                "creationTime", String.valueOf(warehouse.clock().instant().toEpochMilli()));
        statistics.putAll(GoogleJobRunner.statistics(planned, planned.plan().columns()));
        return Json.object(
                "kind",
                "bigquery#job",
                "configuration",
                typed(configuration, "QUERY"),
                "jobReference",
                Json.object(
                        "projectId",
                        scope.project(),
                        "location",
                        located(planned.plan().location())),
                "statistics",
                statistics,
                "status",
                Json.object("state", "DONE"));
    }

    private String located(@Nullable String at) {
        return at == null ? location : at;
    }

    private Response insertExtract(String project, GoogleFields reference, GoogleFields configuration) {
        GoogleFields extract = configuration.object("extract");
        GoogleJobRunner.extractTarget(extract);
        return insert(
                project,
                reference.text("jobId"),
                reference.text("location"),
                typed(configuration, "EXTRACT"),
                () -> runner.extractLocation(extract),
                job -> runner.startExtract(job, extract));
    }

    private static Map<String, @Nullable Object> typed(GoogleFields configuration, String type) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>(configuration.fields());
        all.put("jobType", type);
        return all;
    }

    private Response insert(
            String project,
            @Nullable String id,
            @Nullable String at,
            Map<String, @Nullable Object> configuration,
            Supplier<@Nullable String> check,
            Function<FakeBigQueryJob, Future<Result>> work) {
        FakeBigQueryJob job = create(project, id, at, null, configuration, check, work);
        job.advance(0);
        return Response.json(200, job.json());
    }

    /**
     * Adds a job. If the check fails, the job has failed, and its id is spent.
     *
     * @param at the location, or null for that of the check
     */
    private FakeBigQueryJob create(
            String project,
            @Nullable String id,
            @Nullable String at,
            @Nullable String requestId,
            Map<String, @Nullable Object> configuration,
            Supplier<@Nullable String> check,
            Function<FakeBigQueryJob, Future<Result>> work) {
        if (id != null && !id.matches("[A-Za-z0-9_-]{1,1024}")) {
            throw GoogleJobException.invalid("Invalid job ID: " + id);
        }
        String jobId = id == null ? "job_" + UUID.randomUUID().toString().replace("-", "_") : id;
        if (at != null) {
            jobs.requireNew(new Reference(project, canonical(at), jobId));
        }
        GoogleJobException refused = null;
        String checked = null;
        try {
            checked = check.get();
        } catch (GoogleJobException e) {
            refused = e;
        }
        Reference reference = new Reference(project, canonical(at == null ? located(checked) : at), jobId);
        GoogleJobs.Course course =
                refused == null ? jobs.nextCourse() : new GoogleJobs.Course(new JobDuration.Polls(0), refused);
        FakeBigQueryJob[] self = new FakeBigQueryJob[1];
        Supplier<Future<Result>> start = () -> work.apply(self[0]);
        FakeBigQueryJob job = new FakeBigQueryJob(
                reference, configuration, course.length(), course.error(), start, warehouse.clock());
        self[0] = job;
        jobs.add(job, requestId);
        if (refused != null) {
            job.begin();
            throw refused;
        }
        return job;
    }

    /** Multi-regions are written in upper case, regions in lower case. */
    private static String canonical(String at) {
        boolean multiRegion = at.length() == 2;
        return multiRegion ? at.toUpperCase(Locale.ROOT) : at.toLowerCase(Locale.ROOT);
    }

    private FakeBigQueryJob job(Request request, List<String> path) {
        return jobs.require(path.get(0), path.get(1), request.parameters().get("location"));
    }

    /** {@code jobs.get}. */
    Response get(Request request, List<String> path) {
        FakeBigQueryJob job = job(request, path);
        grants.requireOnJob("bigquery.jobs.get", job.reference());
        job.poll();
        return Response.json(200, job.json());
    }

    /** {@code jobs.list}. */
    Response list(Request request, List<String> path) {
        grants.requireOnProject("bigquery.jobs.list", path.get(0));
        Map<String, String> parameters = request.parameters();
        String state = parameters.get("stateFilter");
        List<FakeBigQueryJob> all = jobs.list(path.get(0)).stream()
                .filter(job -> state == null || job.state().equalsIgnoreCase(state))
                .toList();
        GooglePage page = GooglePage.of(parameters, LIST_PAGE);
        List<Map<String, @Nullable Object>> shown = new ArrayList<>();
        for (FakeBigQueryJob job : page.of(all)) {
            Map<String, @Nullable Object> json = job.json();
            json.put("state", job.state());
            shown.add(json);
        }
        Map<String, @Nullable Object> json = Json.object("kind", "bigquery#jobList", "etag", "\"jobs\"", "jobs", shown);
        String next = page.next(all.size());
        if (next != null) {
            json.put("nextPageToken", next);
        }
        return Response.json(200, json);
    }

    /** {@code jobs.cancel}. */
    Response cancel(Request request, List<String> path) {
        FakeBigQueryJob job = job(request, path);
        grants.requireOnJob("bigquery.jobs.update", job.reference());
        job.cancel();
        return Response.json(200, Json.object("kind", "bigquery#jobCancelResponse", "job", job.json()));
    }

    /** {@code jobs.delete}. */
    Response delete(Request request, List<String> path) {
        FakeBigQueryJob job = job(request, path);
        grants.requireOnJob("bigquery.jobs.delete", job.reference());
        if (!job.isDone()) {
            throw GoogleJobException.invalid("Cannot delete job " + job.reference() + ", which is running");
        }
        jobs.remove(job);
        return Response.empty(204);
    }

    /** {@code jobs.query}, which runs a query and returns its first page. */
    Response query(Request request, List<String> path) {
        String project = path.get(0);
        grants.requireOnProject("bigquery.jobs.create", project);
        GoogleFields body = GoogleFields.of(request);
        refuse(body);
        String sql = body.requireText("query");
        QueryPlan.Scope scope = scope(project, body, body.text("location"));
        if (body.flag("dryRun")) {
            return Response.json(200, dryRunResponse(sql, scope, body));
        }
        String requestId = body.text("requestId");
        FakeBigQueryJob job = jobs.ofRequest(requestId);
        if (job == null) {
            Map<String, @Nullable Object> query = Json.object("query", sql, "useLegacySql", false);
            if (body.has("maximumBytesBilled")) {
                query.put("maximumBytesBilled", body.text("maximumBytesBilled"));
            }
            Map<String, @Nullable Object> configuration = Json.object("jobType", "QUERY", "query", query);
            if (body.has("labels")) {
                configuration.put("labels", body.fields().get("labels"));
            }
            job = create(
                    project,
                    null,
                    body.text("location"),
                    requestId,
                    configuration,
                    () -> runner.query(sql, scope, body.number("maximumBytesBilled"))
                            .plan()
                            .location(),
                    created -> runner.start(created, sql, scope));
        }
        Long timeout = body.number("timeoutMs");
        job.advance(timeout == null ? TIMEOUT_MILLIS : Math.min(timeout, TIMEOUT_MILLIS));
        GooglePage page = GooglePage.of(null, null, body.number("maxResults"), pageRows);
        CellText text = MetadataRoutes.cellText(body.object("formatOptions"), "");
        return Response.json(200, results("bigquery#queryResponse", job, page, text));
    }

    private Map<String, @Nullable Object> dryRunResponse(String sql, QueryPlan.Scope scope, GoogleFields body) {
        GoogleJobRunner.Query planned = runner.query(sql, scope, body.number("maximumBytesBilled"));
        return Json.object(
                "kind",
                "bigquery#queryResponse",
                "schema",
                schema(planned.plan().columns()),
                "jobReference",
                Json.object(
                        "projectId",
                        scope.project(),
                        "location",
                        located(planned.plan().location())),
                "totalBytesProcessed",
                String.valueOf(planned.plan().bytes()),
                "jobComplete",
                true,
                "cacheHit",
                false);
    }

    private static Map<String, @Nullable Object> schema(List<GoogleColumn> columns) {
        return Json.object("fields", columns.stream().map(GoogleSchema::field).toList());
    }

    /** {@code jobs.getQueryResults}, which counts as a poll. */
    Response queryResults(Request request, List<String> path) {
        FakeBigQueryJob job = job(request, path);
        grants.requireOnJob("bigquery.jobs.get", job.reference());
        job.poll();
        GooglePage page = GooglePage.of(request.parameters(), pageRows);
        CellText text = MetadataRoutes.cellText(GoogleFields.of(request.parameters()), "formatOptions.");
        return Response.json(200, results("bigquery#getQueryResultsResponse", job, page, text));
    }

    private Map<String, @Nullable Object> results(String kind, FakeBigQueryJob job, GooglePage page, CellText text) {
        GoogleJobException error = job.error();
        if (error != null) {
            throw error;
        }
        Map<String, @Nullable Object> json = Json.object(
                "kind",
                kind,
                "etag",
                "\"" + job.reference().id() + "\"",
                "jobReference",
                job.reference().json(),
                "jobComplete",
                job.isDone());
        Rows rows = job.rows();
        if (rows != null) {
            json.put("schema", schema(rows.columns()));
            json.put("totalRows", String.valueOf(rows.count()));
            json.put("rows", MetadataRoutes.page(warehouse, rows.columns(), rows.relation(), page, text));
            String next = page.next(rows.count());
            if (next != null) {
                json.put("pageToken", next);
            }
        } else if (job.isDone()) {
            json.put("totalRows", "0");
            json.put("schema", schema(List.of()));
        }
        json.put("totalBytesProcessed", job.totalBytesProcessed());
        json.put("cacheHit", false);
        return json;
    }
}
