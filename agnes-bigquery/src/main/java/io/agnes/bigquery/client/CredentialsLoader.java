// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.client;

import com.google.auth.Credentials;
import com.google.auth.oauth2.GoogleCredentials;
import com.google.cloud.NoCredentials;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.agnes.bigquery.CredentialsSource;
import io.agnes.bigquery.GoogleAddresses;
import io.agnes.bigquery.GoogleCloudException;
import io.agnes.core.CoreException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Makes Google's credentials. A key in JSON names the addresses that its holder is proved to; they are checked before one of
 * them is contacted.
 */
final class CredentialsLoader {
    private static final Set<String> TYPES =
            Set.of("service_account", "authorized_user", "external_account", "impersonated_service_account");
    private static final List<String> ADDRESSES =
            List.of("token_uri", "token_url", "token_info_url", "service_account_impersonation_url");
    private static final int LONGEST_FILE = 64 * 1024;

    private final boolean privateTargets;

    CredentialsLoader(boolean privateTargets) {
        this.privateTargets = privateTargets;
    }

    /**
     * Reads the credentials.
     *
     * @throws GoogleCloudException {@code credentials_invalid} or {@code credentials_missing}; never with the text of a key
     */
    Credentials load(CredentialsSource source, List<String> scopes) {
        return switch (source) {
            case CredentialsSource.Json json -> ofJson(json.text().reveal(), scopes);
            case CredentialsSource.KeyFile file -> ofJson(content(file.path()), scopes);
            case CredentialsSource.ApplicationDefault ignored -> applicationDefault(scopes);
            case CredentialsSource.Anonymous ignored -> NoCredentials.getInstance();
        };
    }

    private Credentials ofJson(String text, List<String> scopes) {
        JsonObject key = object(text);
        String type = text(key, "type");
        if (!TYPES.contains(type)) {
            throw GoogleCloudException.credentialsInvalid("their type is none of "
                    + String.join(", ", TYPES.stream().sorted().toList()));
        }
        for (String name : ADDRESSES) {
            if (key.has(name) && !isAllowed(text(key, name))) {
                throw GoogleCloudException.credentialsInvalid(name + " is no https address of googleapis.com");
            }
        }
        try {
            return GoogleCredentials.fromStream(
                            new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
                            new AllowedTransport(privateTargets))
                    .createScoped(scopes);
        } catch (IOException | RuntimeException e) {
            // Its message may show a part of the key.
            throw GoogleCloudException.credentialsInvalid("a field of type " + type + " is missing or cannot be read");
        }
    }

    private static Credentials applicationDefault(List<String> scopes) {
        try {
            return GoogleCredentials.getApplicationDefault().createScoped(scopes);
        } catch (IOException e) {
            throw GoogleCloudException.credentialsMissing();
        }
    }

    private static String content(Path file) {
        try {
            if (Files.size(file) > LONGEST_FILE) {
                throw GoogleCloudException.credentialsInvalid("the file is longer than " + LONGEST_FILE + " bytes");
            }
            return Files.readString(file);
        } catch (IOException e) {
            throw GoogleCloudException.credentialsInvalid("the file cannot be read: " + CoreException.reason(e));
        }
    }

    private static JsonObject object(String text) {
        try {
            if (JsonParser.parseString(text) instanceof JsonObject object) {
                return object;
            }
        } catch (JsonParseException e) {
            throw GoogleCloudException.credentialsInvalid("they are not JSON");
        }
        throw GoogleCloudException.credentialsInvalid("they are no object of JSON");
    }

    private static String text(JsonObject key, String name) {
        JsonElement value = key.get(name);
        return value != null && value.isJsonPrimitive() ? value.getAsString() : "";
    }

    private boolean isAllowed(String address) {
        try {
            return GoogleAddresses.isAllowed(URI.create(address), privateTargets);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
