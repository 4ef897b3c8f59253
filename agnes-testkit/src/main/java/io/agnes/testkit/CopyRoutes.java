// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/** The JSON routes that make objects from other objects. */
final class CopyRoutes {
    /** The most sources of one composition. */
    static final int MAX_SOURCES = 32;

    private static final int REWRITE_UNIT = 1 << 20;

    private final CloudObjects objects;
    private final CloudJson json;
    private final Signer signer = new Signer();

    CopyRoutes(CloudObjects objects, CloudJson json) {
        this.objects = objects;
        this.json = json;
    }

    Response compose(Request request, Matcher path) {
        ObjectName target = CloudJsonApi.object(path);
        Map<?, ?> body = CloudRequests.resource(request.body());
        List<CloudObject> sources = sources(target.bucket(), body);
        int components = Math.toIntExact(Math.min(
                Integer.MAX_VALUE,
                sources.stream()
                        .mapToLong(source -> source.components() == null ? 1 : source.components())
                        .sum()));
        Map<?, ?> destination = body.get("destination") instanceof Map<?, ?> fields ? fields : Map.of();
        CloudObject object = objects.write(
                new CloudObjects.Draft(
                        target,
                        sources.stream().map(CloudObject::content).toList(),
                        ObjectFields.of(destination),
                        components,
                        CloudHashes.of(destination)),
                Preconditions.of(request.parameters(), "if"));
        if (Boolean.TRUE.equals(body.get("deleteSourceObjects"))) {
            deleteSources(sources, target);
        }
        return Response.json(200, json.object(object));
    }

    /** Deletes sources for good, as the real service does, even if the bucket has soft delete. */
    private void deleteSources(List<CloudObject> sources, ObjectName target) {
        for (CloudObject source : sources) {
            if (!source.name().equals(target)) {
                objects.delete(source.name(), source.generation(), Preconditions.NONE, false);
            }
        }
    }

    private List<CloudObject> sources(String bucket, Map<?, ?> body) {
        List<?> named = body.get("sourceObjects") instanceof List<?> list ? list : List.of();
        if (named.isEmpty()) {
            throw CloudRefusal.invalid("You must provide at least one source component.");
        }
        if (named.size() > MAX_SOURCES) {
            throw CloudRefusal.invalid("The number of source components provided (" + named.size()
                    + ") exceeds the maximum (" + MAX_SOURCES + ")");
        }
        List<CloudObject> sources = new ArrayList<>();
        for (Object source : named) {
            sources.add(source(bucket, source instanceof Map<?, ?> fields ? fields : Map.of()));
        }
        return sources;
    }

    private CloudObject source(String bucket, Map<?, ?> fields) {
        Long generation = number(fields.get("generation"));
        CloudObject source = objects.get(new ObjectName(bucket, String.valueOf(fields.get("name"))), generation);
        Long wanted = fields.get("objectPreconditions") instanceof Map<?, ?> conditions
                ? number(conditions.get("ifGenerationMatch"))
                : null;
        if (wanted != null && wanted != source.generation()) {
            throw CloudRefusal.conditionNotMet();
        }
        return source;
    }

    private static @Nullable Long number(@Nullable Object value) {
        return value == null ? null : Preconditions.number(Map.of("generation", value.toString()), "generation");
    }

    /**
     * Copies an object. With {@code maxBytesRewrittenPerCall} a call copies at most as many bytes, and the next call goes on
     * with the token of its answer; the object exists after the last call.
     */
    Response rewrite(Request request, Matcher path) {
        Map<String, String> parameters = request.parameters();
        CloudObject source =
                objects.get(CloudJsonApi.object(path), Preconditions.number(parameters, "sourceGeneration"));
        if (!Preconditions.of(parameters, "ifSource").hold(source)) {
            throw CloudRefusal.conditionNotMet();
        }
        ObjectName target = CloudJsonApi.named(path, "toBucket", "toObject");
        String copy = source.name().path() + "#" + source.generation() + " " + target.path();
        long before = before(parameters.get("rewriteToken"), copy);
        long after = Math.min(source.size(), before + perCall(parameters, source));
        Map<String, @Nullable Object> answer = Json.object(
                "kind",
                "storage#rewriteResponse",
                "totalBytesRewritten",
                String.valueOf(after),
                "objectSize",
                String.valueOf(source.size()),
                "done",
                after == source.size());
        if (after == source.size()) {
            answer.put("resource", json.object(copied(request, source, target)));
        } else {
            answer.put("rewriteToken", signer.signedToken(after + " " + copy));
        }
        return Response.json(200, answer);
    }

    /** The bytes that the calls before have copied, according to their token. */
    private long before(@Nullable String token, String copy) {
        if (token == null) {
            return 0;
        }
        String payload = signer.payload(token);
        if (payload == null || !payload.substring(payload.indexOf(' ') + 1).equals(copy)) {
            throw CloudRefusal.invalid("Invalid rewrite token");
        }
        return Long.parseLong(payload.substring(0, payload.indexOf(' ')));
    }

    private static long perCall(Map<String, String> parameters, CloudObject source) {
        Long most = Preconditions.number(parameters, "maxBytesRewrittenPerCall");
        if (most == null) {
            return source.size();
        }
        if (most < REWRITE_UNIT || most % REWRITE_UNIT != 0) {
            throw CloudRefusal.invalid("maxBytesRewrittenPerCall must be an integral multiple of 1MiB.");
        }
        return most;
    }

    /** Without fields in the request, the copy has those of the source. */
    private CloudObject copied(Request request, CloudObject source, ObjectName target) {
        Map<String, @Nullable Object> fields = ObjectFields.of(CloudRequests.resource(request.body()));
        return objects.write(
                new CloudObjects.Draft(
                        target,
                        List.of(source.content()),
                        fields.isEmpty() ? source.fields() : fields,
                        source.components(),
                        Map.of()),
                Preconditions.of(request.parameters(), "if"));
    }
}
