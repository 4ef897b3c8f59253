// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/** The JSON routes that list, read, change and delete objects. */
final class ObjectRoutes {
    private final CloudObjects objects;
    private final CloudJson json;

    ObjectRoutes(CloudObjects objects, CloudJson json) {
        this.objects = objects;
        this.json = json;
    }

    Response list(Request request, Matcher path) {
        Map<String, String> parameters = request.parameters();
        if (parameters.containsKey("matchGlob") || "true".equals(parameters.get("softDeleted"))) {
            throw GoogleErrors.notServed(request);
        }
        ObjectListing listing = ObjectListing.of(parameters);
        ObjectListing.Page page =
                listing.page(objects.list(Request.decodePath(path.group("bucket")), listing.prefix()));
        Map<String, @Nullable Object> list = Json.object("kind", "storage#objects");
        if (page.nextToken() != null) {
            list.put("nextPageToken", page.nextToken());
        }
        if (!page.prefixes().isEmpty()) {
            list.put("prefixes", page.prefixes());
        }
        if (!page.objects().isEmpty()) {
            list.put("items", page.objects().stream().map(json::object).toList());
        }
        return Response.json(200, list);
    }

    /** Whether a request asks for the bytes of an object instead of its resource. */
    static boolean isMedia(Request request) {
        return "media".equals(request.parameters().get("alt"));
    }

    Response get(Request request, Matcher path) {
        Map<String, String> parameters = request.parameters();
        CloudObject object = objects.read(
                CloudJsonApi.object(path),
                Preconditions.number(parameters, "generation"),
                Preconditions.of(parameters, "if"));
        return isMedia(request) ? media(request, object) : Response.json(200, json.object(object));
    }

    private static Response media(Request request, CloudObject object) {
        Response answer = ObjectReads.read(object, request.header("range"), ObjectRoutes::unsatisfiable);
        return answer.status() == 416
                ? answer
                : CloudHeaders.add(answer, object).with("ETag", object.version());
    }

    private static Response unsatisfiable() {
        return new CloudRefusal(CloudRefusal.Reason.RANGE, "").json();
    }

    /** {@code PATCH} changes the fields in the body, {@code PUT} replaces all fields. */
    Response patch(Request request, Matcher path) {
        Map<String, String> parameters = request.parameters();
        ObjectName name = CloudJsonApi.object(path);
        Long generation = Preconditions.number(parameters, "generation");
        Map<String, @Nullable Object> changes = new LinkedHashMap<>();
        if (request.method().equals("PUT")) {
            objects.get(name, generation).fields().keySet().forEach(field -> changes.put(field, null));
        }
        CloudRequests.resource(request.body()).forEach((field, value) -> changes.put(String.valueOf(field), value));
        return Response.json(
                200, json.object(objects.patch(name, generation, changes, Preconditions.of(parameters, "if"))));
    }

    Response delete(Request request, Matcher path) {
        Map<String, String> parameters = request.parameters();
        objects.delete(
                CloudJsonApi.object(path),
                Preconditions.number(parameters, "generation"),
                Preconditions.of(parameters, "if"),
                true);
        return Response.empty(204);
    }
}
