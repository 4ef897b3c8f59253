// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.work.RunningCalls;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonStructure;
import java.net.URI;
import java.util.List;
import java.util.Map;

/** The calls of the Storage API that exports need. The transport retries. Safe for use by several threads. */
final class StorageApiClient {
    /** The longest answer. That of a project with ten thousand tables has a third of it. */
    private static final int ANSWER_BYTES = 64 << 20;

    private static final String TOKEN_HEADER = "X-StorageApi-Token";
    private static final int NOT_FOUND = 404;

    private final KeboolaConfig config;
    private final Transport transport;
    private final RunningCalls calls;

    /**
     * @param transport retries by itself
     * @param calls the running calls of the client
     */
    StorageApiClient(KeboolaConfig config, Transport transport, RunningCalls calls) {
        this.config = config;
        this.calls = calls;
        this.transport = transport;
    }

    /** {@code GET tokens/verify}. */
    KeboolaToken verifyToken() throws InterruptedException {
        return Metadata.token(object(get("/tokens/verify"), "token"));
    }

    /** {@code GET buckets}. */
    List<KeboolaBucket> buckets() throws InterruptedException {
        return list(get("/buckets?include="), "buckets").stream()
                .map(Metadata::bucket)
                .toList();
    }

    /** {@code GET buckets/{id}/tables}. */
    List<KeboolaTable> tables(String bucket) throws InterruptedException {
        String path = "/buckets/" + PercentEncoding.segment(bucket) + "/tables?include=buckets,columns,columnMetadata";
        return list(get(path), "bucket " + bucket).stream().map(Metadata::table).toList();
    }

    /** {@code GET tables/{id}}. */
    KeboolaTable table(String table) throws InterruptedException {
        return Metadata.table(object(get("/tables/" + PercentEncoding.segment(table)), "table " + table));
    }

    /**
     * A table, and whether its count of rows is reliable.
     *
     * @param here whether Keboola wrote all rows of this table itself; the counts of other tables may be old
     */
    record Counted(KeboolaTable table, boolean here) {}

    /** {@code GET tables/{id}}, for its rows. */
    Counted counted(String table) throws InterruptedException {
        JsonObject json = object(get("/tables/" + PercentEncoding.segment(table)), "table " + table);
        boolean elsewhere = JsonFields.truth(json, "isAlias")
                || !JsonFields.object(json, "sourceTable").isEmpty()
                || JsonFields.truth(JsonFields.object(json, "bucket"), "hasExternalSchema")
                || JsonFields.truth(JsonFields.object(json, "bucket"), "isLinkedBucket");
        return new Counted(Metadata.table(json), !elsewhere);
    }

    /**
     * {@code POST tables/{id}/export-async}. The columns are always sent, so that a column added meanwhile does not
     * appear. Compression always is: without it Parquet comes uncompressed.
     *
     * @param filter names the columns
     */
    ExportJob startExport(String table, ExportFilter filter, ExportFileType fileType) throws InterruptedException {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("fileType", fileType.text())
                .add("gzip", true)
                .add("columns", String.join(",", filter.columns()));
        String body = FilterJson.addConditions(filter, json).build().toString();
        URI uri = uri("/tables/" + PercentEncoding.segment(table) + "/export-async");
        Map<String, String> headers = Map.of(
                TOKEN_HEADER,
                config.token().reveal(),
                "Content-Type",
                "application/json",
                "Accept-Encoding",
                "identity");
        JsonObject answer = object(Transport.Request.post(uri, headers, body, config.readTimeout()), "table " + table);
        if (JsonFields.text(answer, "id").isEmpty()) {
            throw KeboolaException.answerUnreadable("the export of table " + table, "a job with an id");
        }
        return ExportJob.read(answer);
    }

    /** {@code GET jobs/{id}}; jobs have no branch form. */
    ExportJob job(String job) throws InterruptedException {
        return ExportJob.read(object(get("/jobs/" + PercentEncoding.segment(job)), "job " + job));
    }

    /** {@code GET files/{id}?federationToken=1}, with fresh credentials each time. A new file may be unknown for a moment. */
    ExportFile file(String file) throws InterruptedException {
        Transport.Request request = get("/files/" + PercentEncoding.segment(file) + "?federationToken=1")
                .passing(NOT_FOUND);
        return ExportFile.read(object(request, "file " + file), config);
    }

    private Transport.Request get(String path) {
        return Transport.Request.read(
                uri(path),
                Map.of(TOKEN_HEADER, config.token().reveal(), "Accept-Encoding", "identity"),
                config.readTimeout());
    }

    private URI uri(String path) {
        return URI.create(config.stack() + "/v2/storage" + path);
    }

    private JsonObject object(Transport.Request request, String what) throws InterruptedException {
        if (answer(request, what) instanceof JsonObject object) {
            return object;
        }
        throw KeboolaException.answerUnreadable(what, "a JSON object");
    }

    private List<JsonObject> list(Transport.Request request, String what) throws InterruptedException {
        if (answer(request, what) instanceof JsonArray array) {
            return JsonFields.objects(array);
        }
        throw KeboolaException.answerUnreadable(what, "a JSON list");
    }

    private JsonStructure answer(Transport.Request request, String what) throws InterruptedException {
        HttpExchange.Whole response = HttpExchange.exchange(calls, transport, request, what, ANSWER_BYTES);
        if (!response.ok()) {
            throw failure(what, response.head().status(), StorageError.read(response.body()));
        }
        return JsonFields.parse(response.body()).orElseThrow(() -> KeboolaException.answerUnreadable(what, "JSON"));
    }

    private KeboolaException failure(String what, int status, StorageError said) {
        return switch (status) {
            case 401 -> KeboolaException.tokenInvalid(config.stack().getHost());
            case 403 -> KeboolaException.accessDenied(what, said.sentence());
            case NOT_FOUND -> notFound(what, said);
            case 429 -> KeboolaException.rateLimited(what);
            default ->
                said.maintenance()
                        ? KeboolaException.maintenance(config.stack().getHost(), said.until(), said.reason())
                        : otherFailure(what, status, said);
        };
    }

    private static KeboolaException otherFailure(String what, int status, StorageError said) {
        return switch (status / 100) {
            case 3 -> KeboolaException.redirectRefused(what, status);
            case 4 -> KeboolaException.requestRefused(what, status, said.sentence());
            default -> KeboolaException.unavailable(what, status, said.sentence());
        };
    }

    /** A missing bucket is also reported for a table in it; then the table is what the caller asked for. */
    private static KeboolaException notFound(String what, StorageError said) {
        int space = what.indexOf(' ');
        String id = what.substring(space + 1);
        return switch (what.substring(0, Math.max(space, 0))) {
            case "table" -> KeboolaException.tableNotFound(id);
            case "bucket" -> KeboolaException.bucketNotFound(id);
            case "file" -> KeboolaException.fileExpired(what);
            case "job" -> KeboolaException.unavailable(what, NOT_FOUND, said.sentence());
            default -> KeboolaException.requestRefused(what, NOT_FOUND, said.sentence());
        };
    }
}
