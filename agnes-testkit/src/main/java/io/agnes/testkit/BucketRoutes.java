// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.Map;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/** The JSON routes for buckets. */
final class BucketRoutes {
    static final String LOCATION = "EUROPE-WEST3";

    private final CloudObjects objects;
    private final CloudJson json;
    private final ManualClock clock;

    BucketRoutes(CloudObjects objects, CloudJson json, ManualClock clock) {
        this.objects = objects;
        this.json = json;
        this.clock = clock;
    }

    Response list(Request request, Matcher path) {
        Map<String, @Nullable Object> list = Json.object("kind", "storage#buckets");
        list.put("items", objects.buckets().stream().map(json::bucket).toList());
        return Response.json(200, list);
    }

    Response insert(Request request, Matcher path) {
        Map<?, ?> resource = CloudRequests.resource(request.body());
        if (!(resource.get("name") instanceof String name) || name.isEmpty()) {
            throw CloudRefusal.invalid("Required: name");
        }
        Object location = resource.get("location");
        objects.create(new CloudBucket(
                name, location == null ? LOCATION : location.toString(), CloudBucket.SOFT_DELETE, clock.instant()));
        return Response.json(200, json.bucket(objects.bucket(name)));
    }

    Response get(Request request, Matcher path) {
        return Response.json(200, json.bucket(objects.bucket(name(path))));
    }

    Response delete(Request request, Matcher path) {
        objects.deleteBucket(name(path));
        return Response.empty(204);
    }

    private static String name(Matcher path) {
        return Request.decodePath(path.group("bucket"));
    }
}
