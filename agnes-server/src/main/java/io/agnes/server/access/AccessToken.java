// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.access;

import io.agnes.core.Secret;
import io.agnes.core.Sha256;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * A bearer token: {@code agn_} and 256 random bits in URL-safe Base64. It is shown once; only its SHA-256 is stored.
 */
public final class AccessToken {
    private static final String PREFIX = "agn_";
    private static final int RANDOM_BYTES = 32;
    private static final int ID_CHARS = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private AccessToken() {}

    /** Makes a new token. */
    public static Secret random() {
        byte[] bits = new byte[RANDOM_BYTES];
        RANDOM.nextBytes(bits);
        return Secret.of(PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bits));
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
