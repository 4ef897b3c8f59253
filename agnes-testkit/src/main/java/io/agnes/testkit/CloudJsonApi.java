// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The routes of the JSON API of Cloud Storage. */
final class CloudJsonApi {
    private static final String API = "/storage/v1";
    private static final String BUCKET = API + "/b/(?<bucket>[^/]+)";
    private static final String OBJECT = BUCKET + "/o/(?<object>[^/]+)";
    private static final Pattern BATCH = Pattern.compile("/batch(/storage/v1)?");

    private final CloudAccess access;
    private final ResumableUploads resumable;
    private final List<Route> routes;

    CloudJsonApi(
            CloudAccess access,
            ResumableUploads resumable,
            BucketRoutes buckets,
            ObjectRoutes objects,
            UploadRoutes uploads,
            CopyRoutes copies) {
        this.access = access;
        this.resumable = resumable;
        this.routes = List.of(
                new Route("GET", API + "/b", StorageRequest.BUCKET, false, buckets::list),
                new Route("POST", API + "/b", StorageRequest.BUCKET, true, buckets::insert),
                new Route("GET", BUCKET, StorageRequest.BUCKET, false, buckets::get),
                new Route("DELETE", BUCKET, StorageRequest.BUCKET, true, buckets::delete),
                new Route("GET", BUCKET + "/o", StorageRequest.LIST, false, objects::list),
                new Route("GET", "(?:/download)?" + OBJECT, StorageRequest.METADATA, false, objects::get),
                new Route("PATCH|PUT", OBJECT, StorageRequest.METADATA, true, objects::patch),
                new Route("DELETE", OBJECT, StorageRequest.DELETE, true, objects::delete),
                new Route("POST", "/upload" + BUCKET + "/o", StorageRequest.UPLOAD, true, uploads::insert),
                new Route("POST", OBJECT + "/compose", StorageRequest.COMPOSE, true, copies::compose),
                new Route(
                        "POST",
                        OBJECT + "/rewriteTo/b/(?<toBucket>[^/]+)/o/(?<toObject>[^/]+)",
                        StorageRequest.REWRITE,
                        true,
                        copies::rewrite));
    }

    /** Answers a request. Throws {@link CloudRefusal} or {@link ErrorResponseException} instead of returning an error. */
    interface Handler {
        Response answer(Request request, Matcher path);
    }

    private record Route(Pattern method, Pattern path, StorageRequest kind, boolean writes, Handler handler) {
        Route(String method, String path, StorageRequest kind, boolean writes, Handler handler) {
            this(Pattern.compile(method), Pattern.compile(path), kind, writes, handler);
        }
    }

    static boolean takes(Request request) {
        return request.path().startsWith(API + "/")
                || request.path().startsWith("/download/")
                || request.path().startsWith("/upload/")
                || BATCH.matcher(request.path()).matches();
    }

    StorageRequest kind(Request request) {
        if (BATCH.matcher(request.path()).matches()) {
            return StorageRequest.BATCH;
        }
        if (ResumableUploads.takes(request)) {
            return StorageRequest.UPLOAD_CHUNK;
        }
        Route route = route(request.overridden());
        if (route == null) {
            return StorageRequest.OTHER;
        }
        return switch (route.kind) {
            case METADATA -> ObjectRoutes.isMedia(request) ? StorageRequest.DOWNLOAD : StorageRequest.METADATA;
            case UPLOAD -> UploadRoutes.isResumable(request) ? StorageRequest.UPLOAD_START : StorageRequest.UPLOAD;
            default -> route.kind;
        };
    }

    Response answer(Request request) {
        try {
            if (BATCH.matcher(request.path()).matches()) {
                return CloudBatch.answer(request, this::answer);
            }
            // The URL of an upload is its credential.
            return ResumableUploads.takes(request) ? resumable.answer(request) : routed(request.overridden());
        } catch (CloudRefusal refusal) {
            return refusal.json();
        } catch (ErrorResponseException refusal) {
            return refusal.answer();
        }
    }

    private Response routed(Request request) {
        Route route = route(request);
        if (route == null) {
            throw GoogleErrors.notServed(request);
        }
        access.require(request, route.writes);
        Matcher path = route.path.matcher(request.path());
        if (!path.matches()) {
            throw new IllegalStateException("The route of a request matches its path");
        }
        return route.handler.answer(request, path);
    }

    private @Nullable Route route(Request request) {
        return routes.stream()
                .filter(route -> route.method.matcher(request.method()).matches())
                .filter(route -> route.path.matcher(request.path()).matches())
                .findFirst()
                .orElse(null);
    }

    /** The object that the path of a request names. */
    static ObjectName object(Matcher path) {
        return named(path, "bucket", "object");
    }

    static ObjectName named(Matcher path, String bucket, String object) {
        return new ObjectName(Request.decodePath(path.group(bucket)), Request.decodePath(path.group(object)));
    }
}
