// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.agnes.core.Secret;
import java.net.URI;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AwsSignatureTest {
    /** "GET Object" in "Signature Calculations for the Authorization Header" of Amazon's S3 API reference. */
    @Test
    void thePublishedExampleIsReproduced() {
        AwsSignature signature = new AwsSignature(
                "AKIAIOSFODNN7EXAMPLE",
                Secret.of("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
                Optional.empty(),
                "us-east-1");
        Map<String, String> headers = signature.headers(
                "GET",
                URI.create("https://examplebucket.s3.amazonaws.com/test.txt"),
                Map.of("range", "bytes=0-9"),
                Instant.parse("2013-05-24T00:00:00Z"));
        assertEquals(
                "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
                        + "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
                        + "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
                headers.get("authorization"));
    }

    @Test
    void secretsAreNotPrinted() {
        AwsSignature signature =
                new AwsSignature("id", Secret.of("canary1"), Optional.of(Secret.of("canary2")), "eu-central-1");
        assertFalse(signature.toString().contains("canary"));
    }
}
