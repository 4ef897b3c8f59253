// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/** A simple client of the Storage API without retries. */
final class Client implements AutoCloseable {
    private final FakeKeboola keboola;
    private final HttpClient http;

    Client(FakeKeboola keboola) {
        this(keboola, HttpClient.newBuilder());
    }

    Client(FakeKeboola keboola, HttpClient.Builder http) {
        this.keboola = keboola;
        this.http = http.version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(10))
                .build();
    }

    /** A finished export. */
    record Export(Map<String, Object> job, Map<String, Object> file, List<String> entries) {}

    HttpResponse<byte[]> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.timeout(Duration.ofSeconds(20)).build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    HttpResponse<byte[]> within(Duration timeout, HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return http.send(request.timeout(timeout).build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    CompletableFuture<HttpResponse<byte[]>> sendAsync(HttpRequest.Builder request) {
        return http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    HttpRequest.Builder api(String path) {
        return HttpRequest.newBuilder(keboola.stackUrl().resolve("/v2/storage" + path))
                .header("X-StorageApi-Token", keboola.token());
    }

    HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
        return send(api(path));
    }

    HttpResponse<byte[]> post(String tableId, String json) throws IOException, InterruptedException {
        return send(api("/tables/" + tableId + "/export-async")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    HttpResponse<byte[]> postForm(String tableId, String form) throws IOException, InterruptedException {
        return send(api("/tables/" + tableId + "/export-async")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form)));
    }

    /** Starts an export and polls its job until it ends. */
    Map<String, Object> job(String tableId, String json) throws IOException, InterruptedException {
        Map<String, Object> job = object(post(tableId, json));
        while (List.of("waiting", "processing").contains(job.get("status"))) {
            job = object(get("/jobs/" + job.get("id")));
        }
        return job;
    }

    Export export(String tableId, String json) throws IOException, InterruptedException {
        Map<String, Object> job = job(tableId, json);
        if (!"success".equals(job.get("status"))) {
            throw new IOException("The job failed: " + job);
        }
        Map<String, Object> file = file(at(job, "results", "file", "id"));
        Map<String, Object> manifest = object(send(HttpRequest.newBuilder(URI.create((String) file.get("url")))));
        List<String> entries = new ArrayList<>();
        for (Object entry : (List<?>) manifest.get("entries")) {
            entries.add((String) ((Map<?, ?>) entry).get("url"));
        }
        return new Export(job, file, entries);
    }

    Map<String, Object> file(Object id) throws IOException, InterruptedException {
        return object(get("/files/" + id + "?federationToken=1"));
    }

    /** A request for an object of Google Cloud Storage with the bearer token of the file. */
    HttpRequest.Builder slice(Export export, int index) {
        String path = export.entries().get(index).substring("gs:/".length());
        return HttpRequest.newBuilder(URI.create(keboola.storageEndpoint() + path))
                .header("Authorization", "Bearer " + at(export.file(), "gcsCredentials", "access_token"));
    }

    /** The text of all slices, concatenated. */
    String text(Export export) throws IOException, InterruptedException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < export.entries().size(); i++) {
            text.append(string(send(slice(export, i))));
        }
        return text.toString();
    }

    static String string(HttpResponse<byte[]> response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> object(HttpResponse<byte[]> response) {
        Object value = Objects.requireNonNull(Json.read(string(response)));
        return (Map<String, Object>) value;
    }

    static Object at(Map<String, Object> object, String... path) {
        Object value = object;
        for (String name : path) {
            value = ((Map<?, ?>) value).get(name);
        }
        return value;
    }

    @Override
    public void close() {
        http.close();
    }
}
