// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafeTextTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "token ya29.a0Af_canary-x.y refused",
                "Authorization: Bearer canary",
                "{\"access_token\": \"canary\", \"expires_in\": 3599}",
                "{\"private_key\":\"-----BEGIN PRIVATE KEY-----\\ncanary\\n-----END PRIVATE KEY-----\\n\"}",
                "-----BEGIN RSA PRIVATE KEY-----\ncanary",
                "GET https://storage.googleapis.com/b/o?X-Goog-Signature=canary&X-Goog-Date=1",
                "POST /upload/storage/v1/b/b/o?uploadType=resumable&upload_id=canary",
                "refresh_token=canary&client_secret=canary",
                "assertion eyJcanary.eyJcanary.canary"
            })
    void secretsAreHidden(String text) {
        assertFalse(SafeText.of(text).contains("canary"), SafeText.of(text));
    }

    @Test
    void whatIsLeftStays() {
        String said = "Access Denied: Table my-project:sales.orders: Permission bigquery.tables.get denied on table"
                + " my-project:sales.orders (or it may not exist).";
        assertEquals(said, SafeText.of(said));
    }

    @Test
    void aLongTextIsCutBetweenCharacters() {
        for (int padding = 0; padding < 3; padding++) {
            String text = "x".repeat(padding) + "\ud83d\ude00".repeat(600);
            String safe = SafeText.of(text);
            assertTrue(safe.length() <= SafeText.LONGEST && safe.endsWith("..."), safe);
            assertFalse(Character.isHighSurrogate(safe.charAt(safe.length() - 4)), safe);
        }
    }

    @Test
    void theResultIsOneLine() {
        assertEquals("a\\nb\\u001bc", SafeText.of("a\nb\u001bc"));
    }
}
