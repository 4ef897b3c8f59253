// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A place at which a {@link FakeKeboola} can misbehave: {@code keboola.onSlice(2).cutAfter(1_000_000).once()}. Unless
 * said otherwise the request is handled, and what is wrong is the answer.
 */
public final class FaultPoint {
    private final Faults faults;
    private final Place place;
    private final Answer expired;

    FaultPoint(Faults faults, Place place, Answer expired) {
        this.faults = faults;
        this.place = place;
        this.expired = expired;
    }

    /** Just this, whatever was asked; the request is not handled. */
    public Fault answer(int status, Map<String, String> headers, byte[] body) {
        return answers(new Answer(status, headers, new Answer.Bytes(body.clone())), false);
    }

    /** Just this, whatever was asked, in UTF-8; the request is not handled. */
    public Fault answer(int status, Map<String, String> headers, String body) {
        return answer(status, headers, body.getBytes(StandardCharsets.UTF_8));
    }

    /** This status, with an error body of the service in question; the request is not handled. */
    public Fault status(int code) {
        return status(code, isStore() ? storeError(code) : apiError(code), null);
    }

    /** This status and JSON (of a store: XML) body; the request is not handled. */
    public Fault status(int code, String body) {
        return status(code, body, null);
    }

    /** @param retryAfter the header as it stands, be it seconds or a date; null for none */
    public Fault status(int code, String body, @Nullable String retryAfter) {
        Answer answer = Answer.text(code, isStore() ? "application/xml" : "application/json", body);
        return answers(retryAfter == null ? answer : answer.with("Retry-After", retryAfter), false);
    }

    /** Too many requests; the request is not handled. */
    public Fault tooManyRequests(@Nullable String retryAfter) {
        return status(429, isStore() ? storeError(429) : apiError(429), retryAfter);
    }

    /** The 503 of a stack under maintenance, which lacks the usual error keys; the request is not handled. */
    public Fault maintenance(@Nullable String retryAfter) {
        String body = Json.write(Json.object(
                "status", "maintenance",
                "estimatedEndTime", "2026-08-20T12:00:00+0200",
                "reason", "Upgrade"));
        return status(503, body, retryAfter);
    }

    /** The request is handled, and answered as if it was not. */
    public Fault statusAfterDoing(int code) {
        Answer answer =
                isStore() ? Answer.xml(code, storeError(code)) : Answer.text(code, "application/json", apiError(code));
        return answers(answer, true);
    }

    /** Refused as by credentials whose time is over, in the words of the cloud, or of the API; not handled. */
    public Fault expired() {
        return answers(expired, false);
    }

    /** The status with the HTML page of a load balancer; the request is not handled. */
    public Fault html(int code) {
        String page = "<!DOCTYPE html><html><head><title>" + code + "</title></head><body>Sorry</body></html>";
        return answers(Answer.text(code, "text/html", page), false);
    }

    /** 302 to another place; the request is not handled. */
    public Fault redirect(URI target) {
        return answers(Answer.empty(302).with("Location", target.toString()), false);
    }

    /** The connection closes before the first byte of the answer, though the request was handled. */
    public Fault reset() {
        return fault(new Misbehaviour.Resets());
    }

    /**
     * The connection closes within the body.
     *
     * @param bytes of the body that still come; at most one less than there are
     */
    public Fault cutAfter(long bytes) {
        return fault(new Misbehaviour.Cuts(bytes));
    }

    /** No byte of an answer comes, and the connection stays open until the fake closes. */
    public Fault stall() {
        return fault(new Misbehaviour.Stalls());
    }

    /**
     * The body stops and the connection stays open until the fake closes.
     *
     * @param bytes of the body that still come; at most one less than there are
     */
    public Fault stallAfter(long bytes) {
        return fault(new Misbehaviour.StallsWithin(bytes));
    }

    /** The body comes this slowly. */
    public Fault drip(long bytesPerSecond) {
        return fault(new Misbehaviour.Drips(bytesPerSecond));
    }

    /** As many bytes as expected, at most 1 MiB, but other ones. */
    public Fault garbage() {
        return alter(
                answer -> answer.withBody(noise((int) Math.min(answer.body().length(), 1 << 20))));
    }

    /** The right status and head, no body. */
    public Fault emptyBody() {
        return alter(answer -> answer.withBody(new byte[0]));
    }

    /** A well-framed body that ends within the JSON. */
    public Fault truncatedJson() {
        return alter(answer -> {
            byte[] bytes = bytes(answer);
            return answer.withBody(Arrays.copyOf(bytes, bytes.length / 2));
        });
    }

    /** So many bytes less than there are, in a well-framed body; behind a range, less than the head promises. */
    public Fault shorter(int bytes) {
        return alter(answer -> {
            byte[] all = bytes(answer);
            return answer.withBody(Arrays.copyOf(all, Math.max(0, all.length - bytes)));
        });
    }

    /** So many bytes of nothing more than there are; behind a range, more than the head promises. */
    public Fault longer(int bytes) {
        return alter(answer -> {
            byte[] all = bytes(answer);
            return answer.withBody(Arrays.copyOf(all, all.length + bytes));
        });
    }

    /**
     * One bit of the body is another, as on a disk that rots.
     *
     * @param at its byte in the body; counted from the end if negative
     */
    public Fault flipped(int at) {
        return alter(answer -> {
            byte[] all = bytes(answer).clone();
            all[at < 0 ? all.length + at : at] ^= 1;
            return answer.withBody(all);
        });
    }

    /** A whole object that is not compressed, whatever its name says. */
    public Fault unzipped() {
        return alter(answer -> answer.replacedBy(unzip(bytes(answer))));
    }

    /** The body comes in chunks, of no length known beforehand. */
    public Fault chunked() {
        return fault(new Misbehaviour.Chunks(null));
    }

    /** The body comes in chunks, and the head names a length as well. */
    public Fault chunked(long contentLength) {
        return fault(new Misbehaviour.Chunks(contentLength));
    }

    /** The addresses in a manifest, in another order, other ones, fewer or more. */
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

    /** Another value of a field of the object that is answered with, such as {@code field("sizeBytes", null)}. */
    public Fault field(String name, @Nullable Object value) {
        return json(object -> object.put(name, value));
    }

    /** The object that is answered with lacks a field. */
    public Fault without(String name) {
        return json(object -> object.remove(name));
    }

    /**
     * Of an export request only columns, file type and compression are read, so that the whole table comes: what a client
     * sees whose filters do not arrive.
     */
    public Fault filtersIgnored() {
        return fault(new Misbehaviour.Mishears(StorageApi::withoutFilters));
    }

    /** The body, changed as text. A range becomes a whole object of what the change makes of it. */
    public Fault rewrite(UnaryOperator<String> change) {
        return alter(answer ->
                answer.replacedBy(Seal.utf8(change.apply(new String(bytes(answer), StandardCharsets.UTF_8)))));
    }

    /** These bytes for a body; they are the whole object then, whatever range was asked for. */
    public Fault replace(byte[] body) {
        byte[] copy = body.clone();
        return alter(answer -> answer.replacedBy(copy));
    }

    /** One header more, or another value for it. */
    public Fault header(String name, String value) {
        return alter(answer -> answer.with(name, value));
    }

    /** The body compressed, with the header that says so. */
    public Fault gzipped() {
        return alter(answer -> answer.withBody(gzip(bytes(answer))).with("Content-Encoding", "gzip"));
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

    private Fault answers(Answer answer, boolean afterDoing) {
        return fault(new Misbehaviour.Answers(answer, afterDoing));
    }

    private Fault alter(UnaryOperator<Answer> change) {
        return fault(new Misbehaviour.Alters(change));
    }

    private Fault fault(Misbehaviour misbehaviour) {
        return new Fault(faults, place, misbehaviour);
    }

    private boolean isStore() {
        return place.isStore();
    }

    private static String apiError(int code) {
        return switch (code) {
            case 401 -> apiError("Invalid access token", "storage.tokenInvalid");
            case 403 -> apiError("You don't have access to the resource.", "accessDenied");
            default ->
                apiError(
                        code >= 500 ? "Application error. Please contact support@keboola.com" : "Refused by the test",
                        "");
        };
    }

    private static String apiError(String text, String code) {
        return Json.write(
                Json.object("error", text, "code", code, "exceptionId", Refusal.exceptionId(), "status", "error"));
    }

    private static String storeError(int code) {
        String name = switch (code) {
            case 403 -> "AccessDenied";
            case 404 -> "NoSuchKey";
            case 429, 503 -> "SlowDown";
            default -> "InternalError";
        };
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>" + name + "</Code><Message>Refused by the test"
                + "</Message></Error>";
    }

    /** Only for altered answers, which tests keep small. */
    private static byte[] bytes(Answer answer) {
        return switch (answer.body()) {
            case Answer.Bytes bytes -> bytes.bytes();
            case Answer.FileRange range -> bytes(range);
        };
    }

    private static byte[] bytes(Answer.FileRange range) {
        try (var in = Files.newInputStream(range.file())) {
            in.skipNBytes(range.offset());
            return in.readNBytes(Math.toIntExact(range.length()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] noise(int length) {
        byte[] noise = new byte[length];
        new Random(length).nextBytes(noise);
        return noise;
    }

    private static byte[] unzip(byte[] bytes) {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
