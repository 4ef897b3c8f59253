// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.auth.oauth2.ServiceAccountCredentials;
import com.google.auth.oauth2.UserCredentials;
import com.google.cloud.NoCredentials;
import io.agnes.bigquery.CredentialsSource;
import io.agnes.bigquery.GoogleCloudException;
import io.agnes.bigquery.ServiceAccountKey;
import io.agnes.core.Secret;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialsLoaderTest {
    private static final List<String> SCOPES = List.of("https://www.googleapis.com/auth/bigquery.readonly");
    private static final ServiceAccountKey KEY =
            ServiceAccountKey.of(URI.create("https://oauth2.googleapis.com/token"));

    private final CredentialsLoader loader = new CredentialsLoader(false);

    @TempDir
    Path directory;

    private Object load(CredentialsSource source) {
        return loader.load(source, SCOPES);
    }

    private GoogleCloudException refused(String json) {
        return assertThrows(GoogleCloudException.class, () -> load(new CredentialsSource.Json(Secret.of(json))));
    }

    @Test
    void aKeyIsReadFromTextAndFromAFile() throws Exception {
        Path file = Files.writeString(directory.resolve("key.json"), KEY.json().reveal());
        for (CredentialsSource source :
                List.of(new CredentialsSource.Json(KEY.json()), new CredentialsSource.KeyFile(file))) {
            ServiceAccountCredentials credentials = assertInstanceOf(ServiceAccountCredentials.class, load(source));
            assertEquals("agnes@my-project.iam.gserviceaccount.com", credentials.getClientEmail());
            assertEquals(SCOPES, List.copyOf(credentials.getScopes()));
        }
    }

    @Test
    void theLoginOfAUserIsRead() {
        String login = """
                {"type": "authorized_user", "client_id": "c", "client_secret": "s", "refresh_token": "r"}""";
        assertInstanceOf(UserCredentials.class, load(new CredentialsSource.Json(Secret.of(login))));
    }

    @Test
    void anEmulatorNeedsNone() {
        assertEquals(NoCredentials.getInstance(), load(new CredentialsSource.Anonymous()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\": \"service_account\", \"private_key\": \"canary\"",
                "[\"canary\"]",
                "{\"key\": \"canary\"}",
                "{\"type\": \"canary\"}",
                "{\"type\": \"service_account\", \"client_email\": \"a\", \"private_key\": \"canary\", \"private_key_id\": \"1\","
                        + " \"client_id\": \"1\"}",
                "{\"type\": \"authorized_user\", \"client_secret\": \"canary\"}"
            })
    void whatIsNoKeyIsRefusedAndNotShown(String json) {
        GoogleCloudException e = refused(json);
        assertEquals("credentials_invalid", e.code());
        assertFalse(e.toString().contains("canary"), e.toString());
        assertEquals(null, e.getCause());
    }

    /** The holder of a key proves to have it there. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://oauth2.example.org/token",
                "http://oauth2.googleapis.com/token",
                "http://127.0.0.1:9000/token",
                "https://oauth2.googleapis.com.example.org/token",
                "not an address"
            })
    void aForeignTokenServiceIsRefused(String address) {
        String json = KEY.json().reveal().replace("https://oauth2.googleapis.com/token", address);
        assertTrue(String.valueOf(refused(json).getMessage()).contains("token_uri"));
    }

    @Test
    void aFileThatCannotBeReadIsNamedByItsReason() throws Exception {
        CredentialsSource missing = new CredentialsSource.KeyFile(directory.resolve("missing.json"));
        assertEquals(
                "the credentials cannot be used: the file cannot be read: No such file or directory",
                assertThrows(GoogleCloudException.class, () -> load(missing)).getMessage());
        Path large = Files.write(directory.resolve("large.json"), new byte[65 * 1024]);
        assertEquals(
                "credentials_invalid",
                assertThrows(GoogleCloudException.class, () -> load(new CredentialsSource.KeyFile(large)))
                        .code());
    }
}
