// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The examples of the Amazon S3 API reference. */
class SignatureV4Test {
    private static final String SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    private final SignatureV4 signature = new SignatureV4("20130524", "20130524T000000Z", "us-east-1");

    @Test
    void signsARangeRequestInItsHeaders() {
        String empty = SignatureV4.sha256("");
        Map<String, String> headers = new TreeMap<>(Map.of(
                "host", "examplebucket.s3.amazonaws.com",
                "range", "bytes=0-9",
                "x-amz-content-sha256", empty,
                "x-amz-date", "20130524T000000Z"));

        assertEquals(
                "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
                signature.sign(SECRET, "GET", "/test.txt", Map.of(), headers, empty));
    }

    @Test
    void signsAnAddressInItsQuery() {
        Map<String, String> query = new LinkedHashMap<>();
        query.put("X-Amz-Algorithm", "AWS4-HMAC-SHA256");
        query.put("X-Amz-Credential", "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request");
        query.put("X-Amz-Date", "20130524T000000Z");
        query.put("X-Amz-Expires", "86400");
        query.put("X-Amz-SignedHeaders", "host");

        assertEquals(
                "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
                signature.sign(
                        SECRET,
                        "GET",
                        "/test.txt",
                        query,
                        Map.of("host", "examplebucket.s3.amazonaws.com"),
                        SignatureV4.UNSIGNED));
    }

    @Test
    void encodesAllButUnreservedCharacters() {
        assertEquals("a%20b/%C3%A9%2B%2A~-_.", SignatureV4.encode("a b/é+*~-_.", true));
        assertEquals("a%2Fb", SignatureV4.encode("a/b", false));
    }
}
