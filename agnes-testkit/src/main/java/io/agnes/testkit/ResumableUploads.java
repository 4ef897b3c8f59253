// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The resumable uploads of {@link FakeCloudStorage}, at the URL that the answer to the first request names. The URL is the
 * only credential of the requests that follow, as in the real service. Beyond {@value #MAX_UPLOADS} uploads the oldest is
 * dropped.
 */
final class ResumableUploads {
    static final int MAX_UPLOADS = 1_000;

    /** The parameter that identifies an upload. */
    static final String ID = "upload_id";

    private static final Duration LIFE = Duration.ofDays(7);
    /** The status of a cancelled upload, which only Google uses. */
    private static final int CANCELLED = 499;

    private final URI endpoint;
    private final CloudObjects objects;
    private final ObjectFiles files;
    private final CloudJson json;
    private final ManualClock clock;
    private final Map<String, ResumableUpload> uploads = new LinkedHashMap<>();

    ResumableUploads(URI endpoint, CloudObjects objects, ObjectFiles files, CloudJson json, ManualClock clock) {
        this.endpoint = endpoint;
        this.objects = objects;
        this.files = files;
        this.json = json;
        this.clock = clock;
    }

    /** Whether a request belongs to an upload that has begun. */
    static boolean takes(Request request) {
        return request.parameters().containsKey(ID);
    }

    /**
     * Begins an upload.
     *
     * @param path the path of its URL
     * @param xml whether it begins in the XML API
     * @return the URL of the upload
     */
    String begin(
            String path,
            ObjectName name,
            Map<String, @Nullable Object> fields,
            Preconditions conditions,
            Map<String, String> expected,
            boolean xml) {
        objects.bucket(name.bucket());
        objects.require(conditions, name);
        String id = UUID.randomUUID().toString().replace("-", "");
        remember(id, new ResumableUpload(name, fields, conditions, expected, xml, clock.instant(), files.next()));
        return endpoint + path + (xml ? "?" : "?uploadType=resumable&") + ID + "=" + id;
    }

    private synchronized void remember(String id, ResumableUpload upload) {
        uploads.put(id, upload);
        if (uploads.size() > MAX_UPLOADS) {
            ResumableUpload oldest = uploads.remove(uploads.keySet().iterator().next());
            if (oldest != null) {
                oldest.discard();
            }
        }
    }

    private synchronized @Nullable ResumableUpload find(String id) {
        ResumableUpload upload = uploads.get(id);
        boolean alive =
                upload != null && clock.instant().isBefore(upload.begun().plus(LIFE));
        return alive ? upload : null;
    }

    private synchronized void forget(String id) {
        ResumableUpload upload = uploads.remove(id);
        if (upload != null) {
            upload.discard();
        }
    }

    /** Answers a request to the URL of an upload. */
    Response answer(Request request) {
        String id = request.parameters().getOrDefault(ID, "");
        ResumableUpload upload = find(id);
        if (upload == null) {
            return Response.text(404, "text/plain; charset=utf-8", "Upload not found");
        }
        return switch (request.method()) {
            case "PUT", "POST" -> overriding(request, receive(request, upload));
            case "DELETE" -> {
                forget(id);
                yield Response.empty(CANCELLED);
            }
            default -> throw GoogleErrors.notServed(request);
        };
    }

    /** Clients of Go ask for 200 and a header in place of 308, which some HTTP libraries take for a redirect. */
    private static Response overriding(Request request, Response answer) {
        boolean asked = "yes".equals(request.header("x-guploader-no-308"));
        return asked && answer.status() == 308
                ? new Response(200, answer.headers(), answer.body()).with("X-Http-Status-Code-Override", "308")
                : answer;
    }

    private Response receive(Request request, ResumableUpload upload) {
        if (upload.object() != null) {
            return done(upload);
        }
        Content content = request.content();
        String header = request.header("content-range");
        UploadRange range =
                header == null ? new UploadRange(0L, content.length() - 1, content.length()) : UploadRange.of(header);
        Long first = range.first();
        Long last = range.last();
        if (first == null || last == null) {
            return without(range, request, upload);
        }
        if (first > upload.received()) {
            return Response.text(
                    503,
                    "text/plain; charset=utf-8",
                    "Invalid request.  According to the Content-Range header, the upload offset is " + first
                            + " byte(s), which exceeds already uploaded size of " + upload.received() + " byte(s).");
        }
        boolean whole = content.length() == last - first + 1;
        boolean complete = whole && range.total() != null && last + 1 == range.total();
        upload.append(content, first, complete);
        return complete ? finish(request, upload) : incomplete(upload);
    }

    /** A request without bytes asks for the state, or completes an upload whose bytes are all there. */
    private Response without(UploadRange range, Request request, ResumableUpload upload) {
        Long total = range.total();
        return total != null && total == upload.received() ? finish(request, upload) : incomplete(upload);
    }

    private Response finish(Request request, ResumableUpload upload) {
        upload.complete(objects, CloudHashes.of(request));
        return done(upload);
    }

    private Response done(ResumableUpload upload) {
        CloudObject object = upload.object();
        if (object == null) {
            throw new IllegalStateException("The upload is not complete");
        }
        return upload.isXml()
                ? CloudHeaders.add(Response.empty(200), object).with("ETag", object.etag())
                : Response.json(200, json.object(object));
    }

    private static Response incomplete(ResumableUpload upload) {
        long received = upload.received();
        Response answer = Response.empty(308);
        return received == 0 ? answer : answer.with("Range", "bytes=0-" + (received - 1));
    }
}
