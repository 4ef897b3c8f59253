// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/** The JSON route that creates objects from the bytes in requests. */
final class UploadRoutes {
    private static final int MAX_NAME_BYTES = 1_024;

    private final CloudObjects objects;
    private final ResumableUploads resumable;
    private final CloudJson json;

    UploadRoutes(CloudObjects objects, ResumableUploads resumable, CloudJson json) {
        this.objects = objects;
        this.resumable = resumable;
        this.json = json;
    }

    static boolean isResumable(Request request) {
        return "resumable".equals(request.parameters().get("uploadType"));
    }

    Response insert(Request request, Matcher path) {
        String bucket = Request.decodePath(path.group("bucket"));
        return switch (request.parameters().getOrDefault("uploadType", "")) {
            case "media" -> created(bucket, request, Map.of(), request.content(), request.header("content-type"));
            case "multipart" -> {
                List<Multipart.Part> parts = Multipart.ofUpload(request);
                Multipart.Part media = parts.get(1);
                yield created(
                        bucket,
                        request,
                        CloudRequests.resource(parts.get(0).text()),
                        media.content(),
                        media.headers().get("content-type"));
            }
            case "resumable" -> begun(bucket, request);
            default -> throw CloudRefusal.invalid("Invalid value for uploadType");
        };
    }

    private Response created(
            String bucket, Request request, Map<?, ?> resource, Content content, @Nullable String contentType) {
        CloudObject object = objects.write(
                new CloudObjects.Draft(
                        name(bucket, request, resource),
                        List.of(content),
                        typed(resource, contentType),
                        null,
                        hashes(request, resource)),
                Preconditions.of(request.parameters(), "if"));
        return Response.json(200, json.object(object));
    }

    private Response begun(String bucket, Request request) {
        Map<?, ?> resource = CloudRequests.resource(request.body());
        String url = resumable.begin(
                request.path(),
                name(bucket, request, resource),
                typed(resource, request.header("x-upload-content-type")),
                Preconditions.of(request.parameters(), "if"),
                hashes(request, resource),
                false);
        return Response.empty(200).with("Location", url).with("X-GUploader-UploadID", url.replaceFirst(".*=", ""));
    }

    private static Map<String, String> hashes(Request request, Map<?, ?> resource) {
        Map<String, String> hashes = CloudHashes.of(request);
        hashes.putAll(CloudHashes.of(resource));
        return hashes;
    }

    /** The fields of the resource; without a content type in them, the one of the bytes. */
    private static Map<String, @Nullable Object> typed(Map<?, ?> resource, @Nullable String contentType) {
        Map<String, @Nullable Object> fields = ObjectFields.of(resource);
        if (contentType != null && !contentType.isEmpty()) {
            fields.putIfAbsent("contentType", contentType);
        }
        return fields;
    }

    private static ObjectName name(String bucket, Request request, Map<?, ?> resource) {
        Object name = request.parameters().getOrDefault("name", "");
        String key = name.equals("") && resource.get("name") != null
                ? String.valueOf(resource.get("name"))
                : name.toString();
        int bytes = Signer.utf8(key).length;
        if (bytes < 1 || bytes > MAX_NAME_BYTES) {
            throw CloudRefusal.invalid("The name of an object must have 1 to " + MAX_NAME_BYTES + " bytes in UTF-8.");
        }
        return new ObjectName(bucket, key);
    }
}
