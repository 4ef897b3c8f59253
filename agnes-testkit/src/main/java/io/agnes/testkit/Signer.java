// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Signs the credentials that a fake issues, so that it can recognize them without storing them. Each fake has a random key,
 * so the credentials of one fake are invalid at another.
 */
final class Signer {
    private final byte[] key = new byte[32];

    Signer() {
        new SecureRandom().nextBytes(key);
    }

    /** A URL-safe token with a signature, from which {@link #payload} reads the payload. */
    String signedToken(String payload) {
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(utf8(payload));
        return text + "." + sign(text);
    }

    /** The payload of a token, or null if this signer did not sign it. */
    @Nullable
    String payload(String token) {
        int dot = token.indexOf('.');
        if (dot < 0 || !same(sign(token.substring(0, dot)), token.substring(dot + 1))) {
            return null;
        }
        return new String(Base64.getUrlDecoder().decode(token.substring(0, dot)), StandardCharsets.UTF_8);
    }

    /** The HMAC-SHA256 of the text, in lower-case hexadecimal. */
    String sign(String text) {
        return HexFormat.of().formatHex(hmac(key, text));
    }

    static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(utf8(text));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has HmacSHA256", e);
        }
    }

    static boolean same(String one, String other) {
        return MessageDigest.isEqual(utf8(one), utf8(other));
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
