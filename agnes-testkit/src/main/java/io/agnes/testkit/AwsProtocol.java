// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The protocol of S3: the bucket in the path or in the host, session credentials for one export, Signature Version 4 in
 * headers or in the query.
 */
final class AwsProtocol implements StoreProtocol {
    static final String BUCKET = "kbc-files-x";
    static final String REGION = "eu-central-1";
    private static final String SERVER_KEY = "AKIAAGNESTESTKIT0001";
    private static final Duration MAX_SKEW = Duration.ofMinutes(15);
    private static final DateTimeFormatter TIMESTAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter EXPIRATION =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssxxx", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final Pattern ADDRESS = Pattern.compile("/(?<bucket>[^/]+)/(?<key>.+)");
    private static final Pattern VIRTUAL_HOST =
            Pattern.compile("(?<bucket>[^.]+)\\.(?:s3[.-][a-z0-9.-]*amazonaws\\.com|localhost)");
    private static final Pattern AUTHORIZATION = Pattern.compile(
            "AWS4-HMAC-SHA256 +Credential=(?<key>[^/,]+)/(?<date>\\d{8})"
                    + "/(?<region>[^/,]+)/s3/aws4_request, *SignedHeaders=(?<headers>[a-z0-9;-]+), *Signature=(?<signature>[0-9a-f]{64})");

    private final URI endpoint;
    private final boolean virtualHosts;
    private final ManualClock clock;
    private final Duration credentialLife;
    private final Duration urlLife;
    private final Signer signer = new Signer();

    /** @param virtualHosts whether signed URLs have the bucket in the host; requests may use both forms */
    AwsProtocol(URI endpoint, boolean virtualHosts, ManualClock clock, Duration credentialLife, Duration urlLife) {
        this.endpoint = endpoint;
        this.virtualHosts = virtualHosts;
        this.clock = clock;
        this.credentialLife = credentialLife;
        this.urlLife = urlLife;
    }

    /** The contents of a session token: its access key, its expiry and the prefix of the objects that it may read. */
    private record Session(String keyId, Instant expires, String prefix) {
        static Session of(String payload) {
            String[] parts = payload.split(" ", 3);
            return new Session(parts[0], Instant.ofEpochSecond(Long.parseLong(parts[1])), parts[2]);
        }

        String payload() {
            return keyId + " " + expires.getEpochSecond() + " " + prefix;
        }
    }

    @Override
    public String manifestEntry(ObjectName name) {
        return "s3:/" + name.path();
    }

    @Override
    public ObjectName place(String tableId, long fileId, String fileName) {
        return new ObjectName(BUCKET, FakeKeboola.keyOf(tableId, fileName));
    }

    @Override
    public Map<String, @Nullable Object> describe(FakeFile file, boolean credentials) {
        Map<String, @Nullable Object> fields = Json.object(
                "provider",
                "aws",
                "region",
                REGION,
                "isEncrypted",
                true,
                "url",
                signedUrl(file.entry().name()));
        fields.put(
                "s3Path",
                Json.object("bucket", file.base().bucket(), "key", file.base().key()));
        if (credentials) {
            fields.put("credentials", credentials(file));
        }
        return fields;
    }

    private Map<String, @Nullable Object> credentials(FakeFile file) {
        Instant expires = clock.instant().plus(credentialLife);
        String keyId = "ASIA" + signer.sign(file.base().path()).substring(0, 16).toUpperCase(Locale.ROOT);
        String token =
                signer.signedToken(new Session(keyId, expires, file.base().path()).payload());
        return Json.object(
                "AccessKeyId",
                keyId,
                "SecretAccessKey",
                secret(token),
                "SessionToken",
                token,
                "Expiration",
                EXPIRATION.format(expires));
    }

    private String secret(String owner) {
        return signer.sign("secret of " + owner).substring(0, 40);
    }

    private String signedUrl(ObjectName name) {
        String timestamp = TIMESTAMP.format(clock.instant());
        SignatureV4 signature = new SignatureV4(timestamp.substring(0, 8), timestamp, REGION);
        Map<String, String> query = new LinkedHashMap<>();
        query.put("X-Amz-Algorithm", SignatureV4.ALGORITHM);
        query.put("X-Amz-Credential", SERVER_KEY + "/" + signature.scope());
        query.put("X-Amz-Date", timestamp);
        query.put("X-Amz-Expires", String.valueOf(urlLife.toSeconds()));
        query.put("X-Amz-SignedHeaders", "host");
        String authority = virtualHosts ? name.bucket() + "." + endpoint.getAuthority() : endpoint.getAuthority();
        String path = virtualHosts ? "/" + name.key() : name.path();
        StringBuilder url =
                new StringBuilder(endpoint.getScheme() + "://" + authority + SignatureV4.encode(path, true) + "?");
        query.forEach((key, value) -> url.append(key)
                .append('=')
                .append(SignatureV4.encode(value, false))
                .append('&'));
        Map<String, String> host = Map.of("host", authority);
        return url + "X-Amz-Signature="
                + signature.sign(secret(SERVER_KEY), "GET", path, query, host, SignatureV4.UNSIGNED);
    }

    @Override
    public ObjectName locate(Request request) {
        Matcher host = VIRTUAL_HOST.matcher(request.host());
        if (host.matches() && request.path().length() > 1) {
            return new ObjectName(
                    host.group("bucket"), Request.decodePath(request.path().substring(1)));
        }
        Matcher matcher = ADDRESS.matcher(request.path());
        if (!matcher.matches()) {
            throw refusal(404, "NoSuchBucket", "The specified bucket does not exist");
        }
        return new ObjectName(matcher.group("bucket"), Request.decodePath(matcher.group("key")));
    }

    @Override
    public void authorize(Request request, ObjectName name) {
        if (request.parameters().containsKey("X-Amz-Signature")) {
            authorizeSignedUrl(request);
        } else {
            authorizeHeader(request, name);
        }
    }

    private void authorizeSignedUrl(Request request) {
        Map<String, String> query = request.parameters();
        String given = query.remove("X-Amz-Signature");
        String timestamp = query.getOrDefault("X-Amz-Date", "");
        Instant signed = time(timestamp);
        SignatureV4 signature = new SignatureV4(timestamp.substring(0, 8), timestamp, REGION);
        Map<String, String> host = Map.of("host", headerText(request, "host"));
        String path = Request.decodePath(request.path());
        String expected = signature.sign(secret(SERVER_KEY), request.method(), path, query, host, SignatureV4.UNSIGNED);
        if (!Signer.same(expected, String.valueOf(given))) {
            throw mismatch();
        }
        if (clock.instant().isAfter(signed.plusSeconds(Long.parseLong(query.getOrDefault("X-Amz-Expires", "0"))))) {
            throw refusal(403, "AccessDenied", "Request has expired");
        }
    }

    private void authorizeHeader(Request request, ObjectName name) {
        String authorization = request.header("authorization");
        if (authorization == null) {
            throw refusal(403, "AccessDenied", "Access Denied");
        }
        Matcher parts = AUTHORIZATION.matcher(authorization);
        if (!parts.matches() || !parts.group("region").equals(REGION)) {
            throw refusal(
                    400,
                    "AuthorizationHeaderMalformed",
                    "The authorization header is malformed; expecting region '" + REGION + "'");
        }
        String token = headerText(request, "x-amz-security-token");
        Session session = session(token, parts.group("key"));
        checkTime(request);
        checkSignature(request, parts, token);
        if (!clock.instant().isBefore(session.expires)) {
            throw new ErrorResponseException(error(StoreFailure.EXPIRED));
        }
        if (!name.path().startsWith(session.prefix)) {
            throw refusal(403, "AccessDenied", "Access Denied");
        }
    }

    private Session session(String token, String keyId) {
        if (token.isEmpty()) {
            throw refusal(
                    403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.");
        }
        String payload = signer.payload(token);
        if (payload == null) {
            throw refusal(400, "InvalidToken", "The provided token is malformed or otherwise invalid.");
        }
        Session session = Session.of(payload);
        if (!session.keyId.equals(keyId)) {
            throw refusal(
                    403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.");
        }
        return session;
    }

    private void checkTime(Request request) {
        Duration skew = Duration.between(time(headerText(request, "x-amz-date")), clock.instant());
        if (skew.abs().compareTo(MAX_SKEW) > 0) {
            throw refusal(
                    403,
                    "RequestTimeTooSkewed",
                    "The difference between the request time and the current time is too large.");
        }
    }

    private void checkSignature(Request request, Matcher parts, String token) {
        Map<String, String> signed = new TreeMap<>();
        for (String header : parts.group("headers").split(";", -1)) {
            signed.put(header, headerText(request, header));
        }
        for (String header : request.headers().keySet()) {
            if ((header.equals("host") || header.startsWith("x-amz-")) && !signed.containsKey(header)) {
                throw refusal(403, "AccessDenied", "There were headers present in the request which were not signed");
            }
        }
        String payload = headerText(request, "x-amz-content-sha256");
        checkPayload(payload, request.body());
        SignatureV4 signature =
                new SignatureV4(parts.group("date"), headerText(request, "x-amz-date"), parts.group("region"));
        String expected = signature.sign(
                secret(token),
                request.method(),
                Request.decodePath(request.path()),
                request.parameters(),
                signed,
                payload);
        if (!Signer.same(expected, parts.group("signature"))) {
            throw mismatch();
        }
    }

    private static void checkPayload(String hash, String body) {
        if (hash.isEmpty()) {
            throw refusal(400, "InvalidRequest", "Missing required header for this request: x-amz-content-sha256");
        }
        if (!hash.equals(SignatureV4.UNSIGNED) && !hash.equals(SignatureV4.sha256(body))) {
            throw refusal(
                    400,
                    "XAmzContentSHA256Mismatch",
                    "The provided 'x-amz-content-sha256' header does not match what was computed.");
        }
    }

    private static Instant time(String timestamp) {
        try {
            return Instant.from(TIMESTAMP.parse(timestamp));
        } catch (DateTimeException e) {
            throw refusal(403, "AccessDenied", "AWS authentication requires a valid Date or x-amz-date header");
        }
    }

    private static String headerText(Request request, String name) {
        return String.join(",", request.headers().getOrDefault(name, List.of()));
    }

    private static ErrorResponseException mismatch() {
        return refusal(
                403,
                "SignatureDoesNotMatch",
                "The request signature we calculated does not match the signature you provided."
                        + " Check your key and signing method.");
    }

    private static ErrorResponseException refusal(int status, String code, String message) {
        return new ErrorResponseException(xml(status, code, message));
    }

    private static Response xml(int status, String code, String message) {
        return Response.xml(
                status,
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + code + "</Code><Message>" + message
                        + "</Message><RequestId>4442587FB7D0A2F9</RequestId></Error>");
    }

    @Override
    public Response error(StoreFailure error) {
        return switch (error) {
            case NOT_FOUND -> xml(404, "NoSuchKey", "The specified key does not exist.");
            case METHOD -> xml(405, "MethodNotAllowed", "The specified method is not allowed against this resource.");
            case CHANGED ->
                xml(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold");
            case RANGE -> xml(416, "InvalidRange", "The requested range is not satisfiable");
            case EXPIRED -> xml(400, "ExpiredToken", "The provided token has expired.");
        };
    }

    @Override
    public Map<String, String> objectHeaders(StoredObject object) {
        return Map.of("x-amz-server-side-encryption", "AES256", "x-amz-request-id", "4442587FB7D0A2F9");
    }
}
