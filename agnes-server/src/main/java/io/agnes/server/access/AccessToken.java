// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.access;

import io.agnes.core.Secret;
import io.agnes.core.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * A bearer token: {@code agn_}, 256 random bits as 43 characters of URL-safe Base64, and a checksum of 6 characters, by which scanners
 * for secrets tell it from other text. The checksum is the CRC-32 of the 43 characters in base 62 (digits, capitals, small letters),
 * with leading zeros. Tokens of older programs have no checksum. A token is shown once; only its SHA-256 is stored.
 */
public final class AccessToken {
    private static final String PREFIX = "agn_";
    private static final int RANDOM_BYTES = 32;
    private static final int ID_CHARS = 16;
    private static final int CHECKSUM_CHARS = 6;
    private static final String BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final Pattern CHECKED = Pattern.compile("agn_([A-Za-z0-9_-]{43})([0-9A-Za-z]{6})");
    private static final SecureRandom RANDOM = new SecureRandom();

    private AccessToken() {}

    /** Makes a new token. */
    public static Secret random() {
        byte[] bits = new byte[RANDOM_BYTES];
        RANDOM.nextBytes(bits);
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
        return Secret.of(PREFIX + text + checksum(text));
    }

    private static String checksum(String text) {
        CRC32 crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.US_ASCII));
        StringBuilder digits = new StringBuilder();
        for (long left = crc.getValue(); digits.length() < CHECKSUM_CHARS; left /= BASE62.length()) {
            digits.insert(0, BASE62.charAt((int) (left % BASE62.length())));
        }
        return digits.toString();
    }

    /** Whether it has the form of a token with a checksum, and another checksum than its own. */
    static boolean isMistyped(Secret token) {
        Matcher parts = CHECKED.matcher(token.reveal());
        return parts.matches() && !checksum(parts.group(1)).equals(parts.group(2));
    }

    /** The id of the token in lists: 16 hex digits of its digest, which do not help to guess the token. */
    public static String id(Secret token) {
        return digest(token).substring(0, ID_CHARS);
    }

    /** The stored form: SHA-256 as 64 hex digits. The bits are random, so neither salt nor slow hash is needed. */
    public static String digest(Secret token) {
        return Sha256.hex(token.reveal());
    }
}
