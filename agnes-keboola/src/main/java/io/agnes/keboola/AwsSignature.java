// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.Secret;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signature Version 4 for S3 requests without a body and without a query, in headers.
 *
 * @param sessionToken of temporary credentials
 * @param region of the credential scope
 */
record AwsSignature(String accessKeyId, Secret secretKey, Optional<Secret> sessionToken, String region) {
    private static final String ALGORITHM = "AWS4-HMAC-SHA256";
    private static final String EMPTY_HASH = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final int DAY_CHARS = 8;

    /**
     * The headers to send: the given ones, those that the protocol requires, and the authorization over all of them.
     *
     * @param extra names in lower case
     */
    Map<String, String> headers(String method, URI uri, Map<String, String> extra, Instant now) {
        String second = SECOND.format(now);
        TreeMap<String, String> signed = new TreeMap<>(extra);
        signed.put("host", uri.getRawAuthority());
        signed.put("x-amz-content-sha256", EMPTY_HASH);
        signed.put("x-amz-date", second);
        sessionToken.ifPresent(token -> signed.put("x-amz-security-token", token.reveal()));
        String authorization = authorization(method, uri, signed, second);
        // The HTTP library sends the host itself.
        signed.remove("host");
        signed.put("authorization", authorization);
        return signed;
    }

    private String authorization(String method, URI uri, TreeMap<String, String> signed, String second) {
        String scope = second.substring(0, DAY_CHARS) + "/" + region + "/s3/aws4_request";
        String names = String.join(";", signed.keySet());
        String toSign = String.join("\n", ALGORITHM, second, scope, sha256(canonical(method, uri, signed, names)));
        String signature = HexFormat.of().formatHex(hmac(signingKey(scope), toSign));
        return ALGORITHM + " Credential=" + accessKeyId + "/" + scope + ", SignedHeaders=" + names + ", Signature="
                + signature;
    }

    private static String canonical(String method, URI uri, TreeMap<String, String> signed, String names) {
        StringBuilder headers = new StringBuilder();
        signed.forEach((name, value) ->
                headers.append(name).append(':').append(value.strip()).append('\n'));
        return String.join("\n", method, uri.getRawPath(), "", headers, names, EMPTY_HASH);
    }

    private byte[] signingKey(String scope) {
        byte[] key = ("AWS4" + secretKey.reveal()).getBytes(StandardCharsets.UTF_8);
        for (String part : scope.split("/", -1)) {
            key = hmac(key, part);
        }
        return key;
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    private static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
