// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The protocol of Google Cloud Storage: bearer tokens for one export and V2 signed URLs. The URLs are signed with an HMAC of
 * the fake, since no client can check a signature.
 */
final class GoogleProtocol implements StoreProtocol {
    static final String BUCKET = "kbc-files-g";
    private static final String SIGNER = "agnes-testkit@kbc-prj.iam.gserviceaccount.com";
    private static final Pattern JSON_API =
            Pattern.compile("(?:/download)?/storage/v1/b/(?<bucket>[^/]+)/o/(?<key>[^/]+)");
    private static final String VIRTUAL_HOST = BUCKET + ".storage.googleapis.com";
    private static final Pattern XML_API = Pattern.compile("/(?<bucket>[^/]+)/(?<key>.+)");

    private final URI endpoint;
    private final ManualClock clock;
    private final Duration credentialLife;
    private final Duration urlLife;
    private final Signer signer = new Signer();

    GoogleProtocol(URI endpoint, ManualClock clock, Duration credentialLife, Duration urlLife) {
        this.endpoint = endpoint;
        this.clock = clock;
        this.credentialLife = credentialLife;
        this.urlLife = urlLife;
    }

    @Override
    public String manifestEntry(ObjectName name) {
        return "gs:/" + name.path();
    }

    @Override
    public ObjectName place(String tableId, long fileId, String fileName) {
        return new ObjectName(BUCKET, FakeKeboola.keyOf(tableId, fileName));
    }

    @Override
    public Map<String, @Nullable Object> describe(FakeFile file, boolean credentials) {
        Map<String, @Nullable Object> fields = Json.object(
                "provider",
                "gcp",
                "region",
                "europe-west3",
                "isEncrypted",
                false,
                "url",
                signedUrl(file.entry().name()));
        fields.put(
                "gcsPath",
                Json.object("bucket", file.base().bucket(), "key", file.base().key()));
        if (credentials) {
            fields.put("gcsCredentials", credentials(file.base()));
        }
        return fields;
    }

    private Map<String, @Nullable Object> credentials(ObjectName prefix) {
        Instant expires = clock.instant().plus(credentialLife);
        String token = "ya29." + signer.signedToken(expires.getEpochSecond() + " " + prefix.path());
        return Json.object(
                "access_token",
                token,
                // Real responses have 3599, since one second has passed when they arrive.
                "expires_in",
                credentialLife.toSeconds() - 1,
                "token_type",
                "Bearer",
                "projectId",
                "kbc-prj");
    }

    private String signedUrl(ObjectName name) {
        long expires = clock.instant().plus(urlLife).getEpochSecond();
        return endpoint + SignatureV4.encode(name.path(), true) + "?GoogleAccessId="
                + URLEncoder.encode(SIGNER, StandardCharsets.UTF_8) + "&Expires=" + expires + "&Signature="
                + signature(name, String.valueOf(expires));
    }

    private String signature(ObjectName name, String expires) {
        return signer.sign("GET\n\n\n" + expires + "\n" + name.path());
    }

    @Override
    public ObjectName locate(Request request) {
        if (request.host().equals(VIRTUAL_HOST) && request.path().length() > 1) {
            return new ObjectName(BUCKET, Request.decodePath(request.path().substring(1)));
        }
        for (Pattern address : List.of(JSON_API, XML_API)) {
            Matcher matcher = address.matcher(request.path());
            if (matcher.matches()) {
                return new ObjectName(matcher.group("bucket"), Request.decodePath(matcher.group("key")));
            }
        }
        throw new ErrorResponseException(error(404, "NoSuchBucket", "The specified bucket does not exist."));
    }

    @Override
    public void authorize(Request request, ObjectName name) {
        Map<String, String> query = request.parameters();
        if (query.containsKey("Signature")) {
            authorizeSignedUrl(query, name);
        } else {
            authorizeBearer(request.header("authorization"), name);
        }
    }

    private void authorizeSignedUrl(Map<String, String> query, ObjectName name) {
        String expires = query.getOrDefault("Expires", "");
        if (!Signer.same(signature(name, expires), query.getOrDefault("Signature", ""))) {
            throw new ErrorResponseException(error(
                    403,
                    "SignatureDoesNotMatch",
                    "The request signature we calculated does not match the signature you provided."));
        }
        if (clock.instant().getEpochSecond() > Long.parseLong(expires)) {
            throw new ErrorResponseException(error(400, "ExpiredToken", "The provided token has expired."));
        }
    }

    private void authorizeBearer(@Nullable String authorization, ObjectName name) {
        if (authorization == null) {
            throw new ErrorResponseException(
                    error(403, "AccessDenied", "Anonymous caller does not have storage.objects.get access."));
        }
        String payload = authorization.startsWith("Bearer ya29.")
                ? signer.payload(authorization.substring("Bearer ya29.".length()))
                : null;
        if (payload == null) {
            throw new ErrorResponseException(invalidCredentials());
        }
        int space = payload.indexOf(' ');
        if (clock.instant().getEpochSecond() >= Long.parseLong(payload.substring(0, space))) {
            throw new ErrorResponseException(invalidCredentials());
        }
        if (!name.path().startsWith(payload.substring(space + 1))) {
            throw new ErrorResponseException(
                    error(403, "AccessDenied", "Caller does not have storage.objects.get access."));
        }
    }

    private static Response invalidCredentials() {
        Map<String, @Nullable Object> reason = Json.object(
                "domain", "global",
                "reason", "authError",
                "message", "Invalid Credentials",
                "locationType", "header",
                "location", "Authorization");
        return Response.json(
                401,
                Json.object(
                        "error",
                        Json.object("code", 401, "message", "Invalid Credentials", "errors", List.of(reason))));
    }

    @Override
    public Response error(StoreFailure error) {
        return switch (error) {
            case NOT_FOUND -> error(404, "NoSuchKey", "The specified key does not exist.");
            case METHOD -> error(405, "MethodNotAllowed", "The specified method is not allowed against this resource.");
            case CHANGED ->
                error(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold.");
            case RANGE -> error(416, "InvalidRange", "The requested range cannot be satisfied.");
            case EXPIRED -> invalidCredentials();
        };
    }

    private static Response error(int status, String code, String message) {
        return Response.xml(
                status,
                "<?xml version='1.0' encoding='UTF-8'?><Error><Code>" + code + "</Code><Message>" + message
                        + "</Message></Error>");
    }

    @Override
    public Map<String, String> objectHeaders(StoredObject object) {
        return Map.of("x-goog-generation", String.valueOf(object.modified().toEpochMilli() * 1000));
    }
}
