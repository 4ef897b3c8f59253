// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * AWS Signature Version 4 for S3, which encodes paths once.
 *
 * @param date the date of the credential scope, eight digits
 * @param timestamp for example {@code 20260820T101500Z}
 */
record SignatureV4(String date, String timestamp, String region) {
    static final String ALGORITHM = "AWS4-HMAC-SHA256";
    static final String UNSIGNED = "UNSIGNED-PAYLOAD";

    String scope() {
        return date + "/" + region + "/s3/aws4_request";
    }

    /**
     * Computes the signature of a request.
     *
     * @param path the decoded path
     * @param query the decoded query parameters without the signature
     * @param headers the signed headers, sorted by name
     * @return the signature in lower-case hexadecimal
     */
    String sign(
            String secret,
            String method,
            String path,
            Map<String, String> query,
            Map<String, String> headers,
            String payloadHash) {
        String canonical = canonicalRequest(method, path, query, headers, payloadHash);
        String toSign = String.join("\n", ALGORITHM, timestamp, scope(), sha256(canonical));
        byte[] key = Signer.utf8("AWS4" + secret);
        for (String step : List.of(date, region, "s3", "aws4_request")) {
            key = Signer.hmac(key, step);
        }
        return HexFormat.of().formatHex(Signer.hmac(key, toSign));
    }

    /** The canonical form of a request, which AWS and Google define in the same way. The parameters are those of {@link #sign}. */
    static String canonicalRequest(
            String method, String path, Map<String, String> query, Map<String, String> headers, String payloadHash) {
        return String.join(
                "\n", method, encode(path, true), canonical(query), lines(headers), names(headers), payloadHash);
    }

    private static String canonical(Map<String, String> query) {
        List<String> pairs = new ArrayList<>();
        query.forEach((name, value) -> pairs.add(encode(name, false) + "=" + encode(value, false)));
        Collections.sort(pairs);
        return String.join("&", pairs);
    }

    private static String lines(Map<String, String> headers) {
        return headers.entrySet().stream()
                .map(header -> header.getKey() + ":" + header.getValue().trim().replaceAll(" +", " ") + "\n")
                .collect(Collectors.joining());
    }

    private static String names(Map<String, String> headers) {
        return String.join(";", headers.keySet());
    }

    /** Percent-encodes all characters except letters, digits and {@code -_.~} (RFC 3986). */
    static String encode(String text, boolean keepSlash) {
        String form = URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
        return keepSlash ? form.replace("%2F", "/") : form;
    }

    static String sha256(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Signer.utf8(text)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
