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
 * Signs what the fake hands out, so that it can tell its own credentials from forged ones without remembering them.
 * Each fake has its own key: the credentials of one are worth nothing at another.
 */
final class Seal {
    private final byte[] key = new byte[32];

    Seal() {
        new SecureRandom().nextBytes(key);
    }

    /** @return URL-safe text that {@link #open} turns back into the payload */
    String close(String payload) {
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(utf8(payload));
        return text + "." + sign(text);
    }

    /** @return the payload, or null if this seal did not close the text */
    @Nullable
    String open(String sealed) {
        int dot = sealed.indexOf('.');
        if (dot < 0 || !same(sign(sealed.substring(0, dot)), sealed.substring(dot + 1))) {
            return null;
        }
        return new String(Base64.getUrlDecoder().decode(sealed.substring(0, dot)), StandardCharsets.UTF_8);
    }

    /** @return a lower-case hexadecimal HMAC-SHA256 */
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
