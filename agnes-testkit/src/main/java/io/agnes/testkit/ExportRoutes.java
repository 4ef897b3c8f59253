// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Routes about exports, their jobs and their files. */
final class ExportRoutes {
    private static final List<String> TAGS = List.of("table-export");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");
    private static final long USUAL_JOBS = 20;
    private static final long USUAL_FILES = 100;

    private final String stack;
    private final Backend backend;
    private final ManualClock clock;
    private final TableCatalog catalog;
    private final ExportJobs exports;
    private final StoreProtocol protocol;

    ExportRoutes(
            String stack,
            Backend backend,
            ManualClock clock,
            TableCatalog catalog,
            ExportJobs exports,
            StoreProtocol protocol) {
        this.stack = stack;
        this.backend = backend;
        this.clock = clock;
        this.catalog = catalog;
        this.exports = exports;
        this.protocol = protocol;
    }

    Response export(Request request, String id) {
        FakeTable table = catalog.existing(id);
        TableContent content = TableCatalog.content(table);
        ExportParams params = new ExportParams.Reader(body(request), content, backend, clock.instant()).read();
        FakeJob job = exports.start(table, content, params, request.header("x-kbc-runid"));
        return Response.json(202, job.accepted(stack));
    }

    /** Removes all parameters of an export request except columns, file type and compression. */
    static Request withoutFilters(Request request) {
        Map<String, @Nullable Object> all = body(request);
        Map<String, @Nullable Object> kept = new LinkedHashMap<>();
        for (String name : List.of("columns", "fileType", "gzip")) {
            if (all.containsKey(name)) {
                kept.put(name, all.get(name));
            }
        }
        return request.withJson(Json.write(kept));
    }

    @SuppressWarnings("unchecked") // the keys of a JSON object are strings
    private static Map<String, @Nullable Object> body(Request request) {
        String type = request.header("content-type");
        if (type != null && type.startsWith("application/x-www-form-urlencoded")) {
            return PhpForm.read(request.body());
        }
        if (request.body().isBlank()) {
            return Json.object();
        }
        try {
            Object body = Json.read(request.body());
            return body instanceof Map<?, ?> ? (Map<String, @Nullable Object>) body : Json.object();
        } catch (IllegalArgumentException e) {
            throw ErrorResponseException.api(400, "storage.request.invalidJson", "Request body is not valid JSON");
        }
    }

    Response jobs(Request request, String id) {
        return Response.json(
                200,
                page(request, USUAL_JOBS, exports.jobs())
                        .map(job -> job.listed(stack))
                        .toList());
    }

    Response job(Request request, String id) {
        FakeJob job = exports.job(number(id));
        if (job == null) {
            throw ErrorResponseException.api(404, "storage.jobs.notFound", "Job \"" + id + "\" not found");
        }
        return Response.json(200, job.poll(stack));
    }

    Response files(Request request, String id) {
        long above = number(request, "sinceId", 0);
        long below = number(request, "maxId", Long.MAX_VALUE);
        List<?> tags =
                PhpForm.read(request.query() == null ? "" : request.query()).get("tags") instanceof List<?> asked
                        ? asked
                        : List.of();
        List<FakeFile> chosen = exports.files().stream()
                .filter(file -> file.id() > above && file.id() < below)
                .filter(file -> TAGS.containsAll(tags))
                .toList();
        return Response.json(
                200,
                page(request, USUAL_FILES, chosen)
                        .map(file -> fileFields(file, false))
                        .toList());
    }

    Response file(Request request, String id) {
        FakeFile file = exports.file(number(id));
        if (file == null) {
            throw fileNotFound(id);
        }
        boolean credentials = List.of("1", "true").contains(request.parameters().getOrDefault("federationToken", ""));
        return Response.json(200, fileFields(file, credentials));
    }

    private Map<String, @Nullable Object> fileFields(FakeFile file, boolean credentials) {
        Map<String, @Nullable Object> fields = Json.object(
                "id", file.id(),
                "created", PhpTime.write(file.created()),
                "name", file.name(),
                "fileType", file.fileType(),
                "sizeBytes", file.sliceBytes(),
                "tags", TAGS,
                "maxAgeDays", 2,
                "isPublic", false,
                "isSliced", file.sliced(),
                "runId", file.runId(),
                "runIds", file.runId() == null ? List.of() : List.of(file.runId()),
                "creatorToken", FakeKeboola.creator());
        fields.putAll(protocol.describe(file, credentials));
        return fields;
    }

    Response delete(Request request, String id) {
        FakeJob job = exports.delete(number(id));
        if (job == null) {
            throw fileNotFound(id);
        }
        return request.parameters().containsKey("async")
                ? Response.json(202, job.accepted(stack))
                : Response.empty(204);
    }

    private static ErrorResponseException fileNotFound(String id) {
        return ErrorResponseException.api(404, "storage.files.notFound", "File with id " + id + " not found");
    }

    private static <T> Stream<T> page(Request request, long usual, List<T> all) {
        return all.stream().skip(number(request, "offset", 0)).limit(number(request, "limit", usual));
    }

    private static long number(Request request, String parameter, long usual) {
        String text = request.parameters().get(parameter);
        if (text == null) {
            return usual;
        }
        if (!NUMBER.matcher(text).matches()) {
            throw ErrorResponseException.invalid(
                    "Parameter \"" + parameter + "\" must be a number, got \"" + text + "\"");
        }
        return Long.parseLong(text);
    }

    /** @return the id, or -1, which does not exist, if it is not a number */
    private static long number(String id) {
        return NUMBER.matcher(id).matches() ? Long.parseLong(id) : -1;
    }
}
