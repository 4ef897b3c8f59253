// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.Secret;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class AccessTokenTest {
    private static final String DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    @Test
    void itEndsWithTheChecksumOfItsRandomCharacters() {
        for (int i = 0; i < 1000; i++) {
            String token = AccessToken.random().reveal();
            assertTrue(token.matches("agn_[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}"), token);
            CRC32 crc = new CRC32();
            crc.update(token.substring(4, 47).getBytes());
            long sum = 0;
            for (char digit : token.substring(47).toCharArray()) {
                sum = sum * 62 + DIGITS.indexOf(digit);
            }
            assertEquals(crc.getValue(), sum);
            assertFalse(AccessToken.isMistyped(Secret.of(token)));
        }
    }

    @Test
    void oneWithAnotherCharacterIsMistyped() {
        String token = AccessToken.random().reveal();
        for (int i = 4; i < token.length(); i++) {
            char other = token.charAt(i) == 'a' ? 'b' : 'a';
            assertTrue(AccessToken.isMistyped(Secret.of(token.substring(0, i) + other + token.substring(i + 1))));
        }
    }

    @Test
    void oneOfAnOlderProgramHasNoChecksum() {
        assertFalse(AccessToken.isMistyped(Secret.of("agn_" + "x".repeat(43))));
    }
}
