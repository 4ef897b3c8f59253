// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Verifies V4 signed URLs of Cloud Storage, which a service account's key signs with RSA and SHA-256. */
final class SignedUrlV4 {
    static final String SIGNATURE = "X-Goog-Signature";

    private static final String ALGORITHM = "GOOG4-RSA-SHA256";
    /** The longest life of a URL: 7 days. */
    private static final long MAX_SECONDS = Duration.ofDays(7).toSeconds();

    private static final Duration MAX_SKEW = Duration.ofMinutes(15);
    private static final DateTimeFormatter TIMESTAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final ServiceAccountKey account;
    private final ManualClock clock;

    SignedUrlV4(ServiceAccountKey account, ManualClock clock) {
        this.account = account;
        this.clock = clock;
    }

    /** Whether a request has a V4 signature in its query. */
    static boolean isSigned(Request request) {
        return request.parameters().containsKey(SIGNATURE);
    }

    /** @throws CloudRefusal 400 or 403 unless the account signed this request and the URL is still valid */
    void verify(Request request) {
        Map<String, String> query = request.parameters();
        String signature = query.remove(SIGNATURE);
        if ("start".equals(request.header("x-goog-resumable"))) {
            // Google's Java client adds it to a URL that is already signed.
            query.remove("uploadType");
        }
        String date = required(query, "X-Goog-Date");
        String scope = scope(required(query, "X-Goog-Credential"), date);
        if (!required(query, "X-Goog-Algorithm").equals(ALGORITHM)) {
            throw wrong("X-Goog-Algorithm must be " + ALGORITHM);
        }
        long seconds = seconds(required(query, "X-Goog-Expires"));
        Map<String, String> headers = headers(request, required(query, "X-Goog-SignedHeaders"));
        String canonical = SignatureV4.canonicalRequest(
                request.method(),
                Request.decodePath(request.path()),
                query,
                headers,
                headers.getOrDefault("x-goog-content-sha256", SignatureV4.UNSIGNED));
        String toSign = String.join("\n", ALGORITHM, date, scope, SignatureV4.sha256(canonical));
        if (!account.signed(toSign, bytes(String.valueOf(signature)))) {
            throw new CloudRefusal(
                    CloudRefusal.Reason.SIGNATURE,
                    "Access denied. The request signature we calculated does not match the signature you provided."
                            + " Check your Google secret key and signing method.");
        }
        requireTimely(time(date), seconds);
    }

    private static String required(Map<String, String> query, String name) {
        String value = query.get(name);
        if (value == null) {
            throw wrong("Missing query parameter " + name);
        }
        return value;
    }

    /** The scope in a credential like {@code EMAIL/20260820/auto/storage/goog4_request}. */
    private static String scope(String credential, String date) {
        int slash = credential.indexOf('/');
        if (slash < 0 || !credential.substring(0, slash).equals(ServiceAccountKey.EMAIL)) {
            throw new CloudRefusal(
                    CloudRefusal.Reason.FORBIDDEN, "Access denied. The signer of the URL is unknown: " + credential);
        }
        String scope = credential.substring(slash + 1);
        if (!scope.matches("\\d{8}/[a-z0-9-]+/storage/goog4_request") || !date.startsWith(scope.substring(0, 8))) {
            throw wrong("X-Goog-Credential is malformed");
        }
        return scope;
    }

    private static long seconds(String expires) {
        long seconds = expires.matches("\\d{1,9}") ? Long.parseLong(expires) : -1;
        if (seconds < 1 || seconds > MAX_SECONDS) {
            throw wrong("X-Goog-Expires must be 1 to " + MAX_SECONDS + " seconds, not " + expires);
        }
        return seconds;
    }

    private static Map<String, String> headers(Request request, String names) {
        Map<String, String> signed = new TreeMap<>();
        for (String name : names.split(";", -1)) {
            signed.put(name, String.join(",", request.headers().getOrDefault(name, List.of())));
        }
        if (!signed.containsKey("host")) {
            throw wrong("X-Goog-SignedHeaders must contain host");
        }
        for (String name : request.headers().keySet()) {
            if (name.startsWith("x-goog-") && !signed.containsKey(name)) {
                throw wrong("The header " + name + " was not included in X-Goog-SignedHeaders");
            }
        }
        return signed;
    }

    private static byte[] bytes(String hexadecimal) {
        try {
            return HexFormat.of().parseHex(hexadecimal);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    private static Instant time(String date) {
        try {
            return Instant.from(TIMESTAMP.parse(date));
        } catch (DateTimeException e) {
            throw wrong("X-Goog-Date is malformed: " + date);
        }
    }

    private void requireTimely(Instant signed, long seconds) {
        Instant now = clock.instant();
        if (now.isAfter(signed.plusSeconds(seconds))) {
            throw new CloudRefusal(
                    CloudRefusal.Reason.EXPIRED_URL,
                    "The provided token has expired. Request signature expired at: " + signed.plusSeconds(seconds));
        }
        if (signed.isAfter(now.plus(MAX_SKEW))) {
            throw new CloudRefusal(CloudRefusal.Reason.FORBIDDEN, "The URL is not valid before " + signed);
        }
    }

    private static CloudRefusal wrong(String message) {
        return new CloudRefusal(CloudRefusal.Reason.QUERY_PARAMETERS, message);
    }
}
