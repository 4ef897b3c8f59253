// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** Answers batches: several requests of the JSON API, none with bytes of objects, in one request. */
final class CloudBatch {
    private static final int MAX_CALLS = 100;
    private static final String BOUNDARY = "batch_agnes_testkit";

    private CloudBatch() {}

    static Response answer(Request batch, Function<Request, Response> api) {
        List<Multipart.Part> parts = Multipart.of(batch);
        if (parts.size() > MAX_CALLS) {
            throw CloudRefusal.invalid("The batch request exceeds the maximum of " + MAX_CALLS + " calls.");
        }
        StringBuilder answers = new StringBuilder();
        for (Multipart.Part part : parts) {
            String id = part.headers().getOrDefault("content-id", "<1>");
            answers.append("--")
                    .append(BOUNDARY)
                    .append("\r\nContent-Type: application/http\r\nContent-ID: <response-");
            answers.append(id.replaceFirst("^<", "")).append("\r\n\r\n");
            write(api.apply(call(batch, part.text())), answers);
        }
        answers.append("--").append(BOUNDARY).append("--\r\n");
        return Response.text(200, "multipart/mixed; boundary=" + BOUNDARY, answers.toString());
    }

    /** The request in a part, with the credentials of the batch unless it has its own. */
    private static Request call(Request batch, String text) {
        int headEnd = text.indexOf("\r\n\r\n");
        String head = headEnd < 0 ? text : text.substring(0, headEnd);
        String[] line = head.lines().findFirst().orElse("").split(" ", -1);
        if (line.length < 2) {
            throw CloudRefusal.invalid("Failed to parse batch request");
        }
        Map<String, List<String>> headers = new TreeMap<>();
        Multipart.headers(head).forEach((name, value) -> headers.put(name, List.of(value)));
        List<String> authorization = batch.headers().get("authorization");
        if (authorization != null) {
            headers.putIfAbsent("authorization", authorization);
        }
        int query = line[1].indexOf('?');
        String path = line[1].replaceFirst("^https?://[^/]+", "").replaceFirst("\\?.*", "");
        return new Request(
                line[0],
                path,
                query < 0 ? null : line[1].substring(query + 1),
                headers,
                headEnd < 0 ? "" : text.substring(headEnd + 4));
    }

    private static void write(Response answer, StringBuilder to) {
        String body = new String(answer.body().bytes(), StandardCharsets.UTF_8);
        to.append("HTTP/1.1 ").append(answer.status()).append(" Answer\r\n");
        answer.headers()
                .forEach((name, value) ->
                        to.append(name).append(": ").append(value).append("\r\n"));
        to.append("Content-Length: ").append(Signer.utf8(body).length).append("\r\n\r\n");
        to.append(body).append("\r\n");
    }
}
