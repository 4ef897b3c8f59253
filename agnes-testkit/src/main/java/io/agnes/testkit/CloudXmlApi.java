// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The XML API of Cloud Storage for single objects, with signed URLs, access tokens or neither. */
final class CloudXmlApi implements ServiceErrors {
    private static final Pattern VIRTUAL_HOST =
            Pattern.compile("(?<bucket>.+)\\.(?:storage\\.googleapis\\.com|localhost)");
    private static final Pattern PATH = Pattern.compile("/(?<bucket>[^/]+)(?:/(?<object>.*))?");
    /** The headers that become fields of a new object. */
    private static final Map<String, String> FIELDS = Map.of(
            "content-type", "contentType",
            "cache-control", "cacheControl",
            "content-disposition", "contentDisposition",
            "content-encoding", "contentEncoding",
            "content-language", "contentLanguage");

    private static final String METADATA = "x-goog-meta-";

    private final CloudObjects objects;
    private final CloudAccess access;
    private final SignedUrlV4 signatures;
    private final ResumableUploads resumable;

    CloudXmlApi(CloudObjects objects, CloudAccess access, SignedUrlV4 signatures, ResumableUploads resumable) {
        this.objects = objects;
        this.access = access;
        this.signatures = signatures;
        this.resumable = resumable;
    }

    @Override
    public Response error(int status) {
        String code = switch (status) {
            case 401 -> "AuthenticationRequired";
            case 403 -> "AccessDenied";
            case 404 -> "NoSuchKey";
            case 412 -> "PreconditionFailed";
            case 429 -> "SlowDown";
            case 503 -> "ServiceUnavailable";
            default -> status < 500 ? "InvalidArgument" : "InternalError";
        };
        return CloudRefusal.xml(status, code, "Refused by the test");
    }

    @Override
    public Response expired() {
        return CloudRefusal.xml(400, "ExpiredToken", "The provided token has expired.");
    }

    Response answer(Request request) {
        try {
            if (ResumableUploads.takes(request)) {
                return resumable.answer(request);
            }
            authorize(request);
            return answer(request, locate(request));
        } catch (CloudRefusal refusal) {
            return refusal.xml();
        }
    }

    private void authorize(Request request) {
        if (SignedUrlV4.isSigned(request)) {
            signatures.verify(request);
        } else {
            boolean read = request.method().equals("GET") || request.method().equals("HEAD");
            access.require(request, !read);
        }
    }

    /** The object of a request, whose bucket is in the host or in the path. */
    static ObjectName locate(Request request) {
        Matcher host = VIRTUAL_HOST.matcher(request.host());
        if (host.matches()) {
            return new ObjectName(
                    host.group("bucket"), Request.decodePath(request.path().substring(1)));
        }
        Matcher path = PATH.matcher(request.path());
        if (!path.matches()) {
            throw GoogleErrors.notServed(request);
        }
        String object = path.group("object");
        return new ObjectName(
                Request.decodePath(path.group("bucket")), object == null ? "" : Request.decodePath(object));
    }

    private Response answer(Request request, ObjectName name) {
        if (name.key().isEmpty() || request.headers().containsKey("x-goog-copy-source")) {
            throw GoogleErrors.notServed(request);
        }
        return switch (request.method()) {
            case "GET", "HEAD" -> read(request, name);
            case "PUT" -> write(request, name);
            case "POST" -> begin(request, name);
            case "DELETE" -> {
                objects.delete(name, generation(request), Preconditions.ofHeaders(request), true);
                yield Response.empty(204);
            }
            default -> throw GoogleErrors.notServed(request);
        };
    }

    private static @Nullable Long generation(Request request) {
        return Preconditions.number(request.parameters(), "generation");
    }

    private Response read(Request request, ObjectName name) {
        CloudObject object = objects.read(name, generation(request), Preconditions.ofHeaders(request));
        String match = request.header("if-match");
        if (match != null && !match.equals(object.etag()) && !match.equals("*")) {
            throw CloudRefusal.conditionNotMet();
        }
        String noneMatch = request.header("if-none-match");
        if (noneMatch != null && (noneMatch.equals(object.etag()) || noneMatch.equals("*"))) {
            return Response.empty(304).with("ETag", object.etag());
        }
        Response answer = ObjectReads.read(object, request.header("range"), CloudXmlApi::unsatisfiable);
        return answer.status() == 416 ? answer : overridden(CloudHeaders.add(answer, object), request);
    }

    private static Response unsatisfiable() {
        return new CloudRefusal(CloudRefusal.Reason.RANGE, "The requested range cannot be satisfied.").xml();
    }

    /** Applies the headers that a URL asks for. */
    private static Response overridden(Response answer, Request request) {
        Map<String, String> query = request.parameters();
        String type = query.get("response-content-type");
        String disposition = query.get("response-content-disposition");
        Response typed = type == null ? answer : answer.with("Content-Type", type);
        return disposition == null ? typed : typed.with("Content-Disposition", disposition);
    }

    private Response write(Request request, ObjectName name) {
        CloudObject object = objects.write(
                new CloudObjects.Draft(
                        name, List.of(request.content()), fields(request), null, CloudHashes.of(request)),
                Preconditions.ofHeaders(request));
        return CloudHeaders.add(Response.empty(200), object)
                .with("Content-Type", "text/html; charset=UTF-8")
                .with("ETag", object.etag());
    }

    private Response begin(Request request, ObjectName name) {
        if (!"start".equals(request.header("x-goog-resumable"))) {
            throw GoogleErrors.notServed(request);
        }
        String url = resumable.begin(
                request.path(), name, fields(request), Preconditions.ofHeaders(request), CloudHashes.of(request), true);
        return Response.empty(201).with("Location", url);
    }

    private static Map<String, @Nullable Object> fields(Request request) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        FIELDS.forEach((header, field) -> {
            String value = request.header(header);
            if (value != null && !value.isEmpty()) {
                fields.put(field, value);
            }
        });
        Map<String, String> metadata = new LinkedHashMap<>();
        for (String header : request.headers().keySet()) {
            if (header.startsWith(METADATA)) {
                metadata.put(header.substring(METADATA.length()), String.valueOf(request.header(header)));
            }
        }
        if (!metadata.isEmpty()) {
            fields.put("metadata", metadata);
        }
        return fields;
    }
}
