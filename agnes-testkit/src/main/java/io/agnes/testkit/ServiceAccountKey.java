// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** The service account of a fake of Google's cloud. Its keys are created when they are first needed and stay in memory. */
final class ServiceAccountKey {
    static final String PROJECT = "agnes-testkit";
    static final String EMAIL = "tests@" + PROJECT + ".iam.gserviceaccount.com";

    private static final int KEY_BITS = 2048;
    private static final String KEY_ID = "5f0c2a9b7e1d4a3886b1c0ffee0a9e5701234567";

    private @Nullable KeyPair keys;

    /**
     * The key file of the account, as the console of Google's cloud offers it for download.
     *
     * @param tokenUri the URL at which clients exchange a signed assertion for an access token
     */
    String json(URI tokenUri) {
        String encoded = Base64.getMimeEncoder(64, new byte[] {'\n'})
                .encodeToString(keys().getPrivate().getEncoded());
        return Json.write(Json.object(
                "type",
                "service_account",
                "project_id",
                PROJECT,
                "private_key_id",
                KEY_ID,
                "private_key",
                "-----BEGIN PRIVATE KEY-----\n" + encoded + "\n-----END PRIVATE KEY-----\n",
                "client_email",
                EMAIL,
                "client_id",
                "100000000000000000001",
                "auth_uri",
                "https://accounts.google.com/o/oauth2/auth",
                "token_uri",
                tokenUri.toString(),
                "universe_domain",
                "googleapis.com"));
    }

    /** Whether this account signed the text with RSA and SHA-256 (PKCS #1 v1.5). */
    boolean signed(String text, byte[] signature) {
        try {
            Signature verifier = Signature.getInstance("SHA256withRSA");
            verifier.initVerify(keys().getPublic());
            verifier.update(Signer.utf8(text));
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            // The signature has another length than one of this key.
            return false;
        }
    }

    private synchronized KeyPair keys() {
        if (keys == null) {
            try {
                KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
                generator.initialize(KEY_BITS);
                keys = generator.generateKeyPair();
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("Every Java platform has RSA", e);
            }
        }
        return keys;
    }
}
