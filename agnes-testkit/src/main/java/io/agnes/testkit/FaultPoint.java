// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The requests at which a fake misbehaves: {@code keboola.onSlice(2).cutAfter(1_000_000).once()}. Unless a method says
 * otherwise, the fake handles the request and sends a faulty answer.
 */
public final class FaultPoint {
    private final Faults faults;
    private final RequestMatcher matcher;
    private final ServiceErrors errors;

    FaultPoint(Faults faults, RequestMatcher matcher, ServiceErrors errors) {
        this.faults = faults;
        this.matcher = matcher;
        this.errors = errors;
    }

    /** Sends this answer; the request is not handled. */
    public Fault answer(int status, Map<String, String> headers, byte[] body) {
        return answers(new Response(status, headers, new Content.Bytes(body.clone())), false);
    }

    /** Sends this answer with a body in UTF-8; the request is not handled. */
    public Fault answer(int status, Map<String, String> headers, String body) {
        return answer(status, headers, body.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends this status with an error body of the service; the request is not handled. */
    public Fault status(int code) {
        return answers(errors.error(code), false);
    }

    /** Sends this status with a body of the content type that errors of the service have; the request is not handled. */
    public Fault status(int code, String body) {
        return status(code, body, null);
    }

    /**
     * Sends this status and body; the request is not handled.
     *
     * @param retryAfter the value of the header Retry-After, for example seconds or a date; null for none
     */
    public Fault status(int code, String body, @Nullable String retryAfter) {
        return answers(retryAfter(errors.error(code).withBody(Signer.utf8(body)), retryAfter), false);
    }

    /**
     * Sends 429; the request is not handled.
     *
     * @param retryAfter the value of the header Retry-After; null for none
     */
    public Fault tooManyRequests(@Nullable String retryAfter) {
        return answers(retryAfter(errors.error(429), retryAfter), false);
    }

    private static Response retryAfter(Response answer, @Nullable String retryAfter) {
        return retryAfter == null ? answer : answer.with("Retry-After", retryAfter);
    }

    /**
     * Sends the 503 of a stack under maintenance, whose body lacks the usual error keys; the request is not handled.
     *
     * @param retryAfter the value of the header Retry-After; null for none
     */
    public Fault maintenance(@Nullable String retryAfter) {
        String body = Json.write(Json.object(
                "status", "maintenance",
                "estimatedEndTime", "2026-08-20T12:00:00+0200",
                "reason", "Upgrade"));
        return status(503, body, retryAfter);
    }

    /** Handles the request and sends this error status. */
    public Fault statusAfterDoing(int code) {
        return answers(errors.error(code), true);
    }

    /** Sends the error of the service for expired credentials; the request is not handled. */
    public Fault expired() {
        return answers(errors.expired(), false);
    }

    /** Sends this status with an HTML page like that of a load balancer; the request is not handled. */
    public Fault html(int code) {
        String page = "<!DOCTYPE html><html><head><title>" + code + "</title></head><body>Sorry</body></html>";
        return answers(Response.text(code, "text/html", page), false);
    }

    /** Sends 302 with this location; the request is not handled. */
    public Fault redirect(URI target) {
        return answers(Response.empty(302).with("Location", target.toString()), false);
    }

    /** Handles the request and closes the connection before the first byte of the answer. */
    public Fault reset() {
        return fault(new Misbehaviour.Resets());
    }

    /**
     * Closes the connection without an answer, as if it had broken within the body of the request. A resumable upload keeps
     * what it received; every other request has no effect.
     *
     * @param bytes the number of bytes of the request's body that the fake receives, at most
     */
    public Fault cutRequestAfter(long bytes) {
        return fault(new Misbehaviour.CutsRequest(bytes));
    }

    /**
     * Closes the connection within the body.
     *
     * @param bytes the number of body bytes to send; at least one byte is always missing
     */
    public Fault cutAfter(long bytes) {
        return fault(new Misbehaviour.Cuts(bytes));
    }

    /** Sends no byte and keeps the connection open until the fake closes. */
    public Fault stall() {
        return fault(new Misbehaviour.Stalls());
    }

    /**
     * Stops within the body and keeps the connection open until the fake closes.
     *
     * @param bytes the number of body bytes to send; at least one byte is always missing
     */
    public Fault stallAfter(long bytes) {
        return fault(new Misbehaviour.StallsWithin(bytes));
    }

    /** Sends the body at this rate. */
    public Fault drip(long bytesPerSecond) {
        return fault(new Misbehaviour.Drips(bytesPerSecond));
    }

    /** Sends a body of random bytes with the expected length, at most 1 MiB. */
    public Fault garbage() {
        return alter(answer ->
                answer.withBody(FaultBodies.noise((int) Math.min(answer.body().length(), 1 << 20))));
    }

    /** Sends the right status and headers with an empty body. */
    public Fault emptyBody() {
        return alter(answer -> answer.withBody(new byte[0]));
    }

    /** Sends the first half of the body with a matching Content-Length. */
    public Fault truncatedJson() {
        return alter(answer -> {
            byte[] bytes = FaultBodies.bytes(answer);
            return answer.withBody(Arrays.copyOf(bytes, bytes.length / 2));
        });
    }

    /** Leaves out the last bytes of the body. Content-Length matches the body sent; Content-Range still names all bytes. */
    public Fault shorter(int bytes) {
        return alter(answer -> {
            byte[] all = FaultBodies.bytes(answer);
            return answer.withBody(Arrays.copyOf(all, Math.max(0, all.length - bytes)));
        });
    }

    /** Appends zero bytes to the body. Content-Length matches the body sent; Content-Range still names the right range. */
    public Fault longer(int bytes) {
        return alter(answer -> {
            byte[] all = FaultBodies.bytes(answer);
            return answer.withBody(Arrays.copyOf(all, all.length + bytes));
        });
    }

    /**
     * Flips one bit of the body.
     *
     * @param at the index of its byte; counted from the end if negative
     */
    public Fault flipped(int at) {
        return alter(answer -> {
            byte[] all = FaultBodies.bytes(answer).clone();
            all[at < 0 ? all.length + at : at] ^= 1;
            return answer.withBody(all);
        });
    }

    /** Sends the whole object uncompressed, under its {@code .gz} name. */
    public Fault unzipped() {
        return alter(answer -> answer.replacedBy(FaultBodies.unzip(FaultBodies.bytes(answer))));
    }

    /** Sends the body in chunks, without Content-Length. */
    public Fault chunked() {
        return fault(new Misbehaviour.Chunks(null));
    }

    /** Sends the body in chunks, with this Content-Length too. */
    public Fault chunked(long contentLength) {
        return fault(new Misbehaviour.Chunks(contentLength));
    }

    /** Changes the URLs of a manifest's entries. */
    public Fault entries(UnaryOperator<List<String>> change) {
        return json(manifest -> {
            List<Object> entries = new ArrayList<>();
            change.apply(urls(manifest)).forEach(url -> entries.add(Json.object("url", url, "mandatory", true)));
            manifest.put("entries", entries);
        });
    }

    private static List<String> urls(Map<String, @Nullable Object> manifest) {
        List<String> urls = new ArrayList<>();
        if (manifest.get("entries") instanceof List<?> entries) {
            for (Object entry : entries) {
                urls.add(String.valueOf(((Map<?, ?>) entry).get("url")));
            }
        }
        return urls;
    }

    /** Sets a field of the JSON object in the answer, for example {@code field("sizeBytes", null)}. */
    public Fault field(String name, @Nullable Object value) {
        return json(object -> object.put(name, value));
    }

    /** Removes a field of the JSON object in the answer. */
    public Fault without(String name) {
        return json(object -> object.remove(name));
    }

    /**
     * Ignores all parameters of an export request except columns, file type and compression, so that the export has all rows:
     * the effect of filters that do not arrive.
     */
    public Fault filtersIgnored() {
        return fault(new Misbehaviour.AltersRequest(ExportRoutes::withoutFilters));
    }

    /** Changes the body as UTF-8 text. A range response becomes a whole one with the changed body. */
    public Fault rewrite(UnaryOperator<String> change) {
        return alter(answer -> answer.replacedBy(
                Signer.utf8(change.apply(new String(FaultBodies.bytes(answer), StandardCharsets.UTF_8)))));
    }

    /** Sends this body. A range response becomes a whole one. */
    public Fault replace(byte[] body) {
        byte[] copy = body.clone();
        return alter(answer -> answer.replacedBy(copy));
    }

    /** Sets a header. */
    public Fault header(String name, String value) {
        return alter(answer -> answer.with(name, value));
    }

    /** Compresses the body with gzip and sets Content-Encoding. */
    public Fault gzipped() {
        return alter(answer ->
                answer.withBody(FaultBodies.gzip(FaultBodies.bytes(answer))).with("Content-Encoding", "gzip"));
    }

    @SuppressWarnings("unchecked") // the keys of a JSON object are strings
    private Fault json(Consumer<Map<String, @Nullable Object>> change) {
        return rewrite(text -> {
            if (!(Json.read(text) instanceof Map<?, ?> object)) {
                throw new IllegalArgumentException("The answer is no JSON object");
            }
            Map<String, @Nullable Object> fields = (Map<String, @Nullable Object>) object;
            change.accept(fields);
            return Json.write(fields);
        });
    }

    private Fault answers(Response answer, boolean afterDoing) {
        return fault(new Misbehaviour.Responds(answer, afterDoing));
    }

    private Fault alter(UnaryOperator<Response> change) {
        return fault(new Misbehaviour.AltersResponse(change));
    }

    private Fault fault(Misbehaviour misbehaviour) {
        return new Fault(faults, matcher, misbehaviour);
    }
}
