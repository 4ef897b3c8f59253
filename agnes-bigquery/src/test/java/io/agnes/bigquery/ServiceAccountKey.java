// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery;

import io.agnes.core.Secret;
import java.net.URI;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** A key of a service account that does not exist, as Google's console writes it. */
public final class ServiceAccountKey {
    /** A part of the private key that no text may show. */
    private final String canary;

    private final String json;

    private ServiceAccountKey(String canary, String json) {
        this.canary = canary;
        this.json = json;
    }

    /** A new key whose tokens come from this address. */
    public static ServiceAccountKey of(URI tokens) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            String key = Base64.getEncoder()
                    .encodeToString(generator.generateKeyPair().getPrivate().getEncoded());
            String json = """
                    {"type": "service_account", "project_id": "my-project", "private_key_id": "0123456789abcdef",
                     "private_key": "-----BEGIN PRIVATE KEY-----\\n%s\\n-----END PRIVATE KEY-----\\n",
                     "client_email": "agnes@my-project.iam.gserviceaccount.com", "client_id": "1",
                     "token_uri": "%s"}
                    """.formatted(key, tokens);
            return new ServiceAccountKey(key.substring(40, 80), json);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has RSA", e);
        }
    }

    /** The key as text. */
    public Secret json() {
        return Secret.of(json);
    }

    /** A part of the private key. */
    public String canary() {
        return canary;
    }
}
