// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery;

import io.agnes.core.Secret;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Where credentials of Google come from. They are read by the first call, and again for each new client. */
public sealed interface CredentialsSource {
    /** The longest text that is taken for a path. */
    int LONGEST_PATH = 1000;

    /** The text of a file of credentials, in JSON. */
    record Json(Secret text) implements CredentialsSource {}

    /** A file of credentials in JSON, as {@code gcloud} and the console write it. */
    record KeyFile(Path path) implements CredentialsSource {}

    /**
     * <a href="https://cloud.google.com/docs/authentication/application-default-credentials">Application default
     * credentials</a>: the file that {@code GOOGLE_APPLICATION_CREDENTIALS} names, the login of {@code gcloud}, or the account
     * of the machine.
     */
    record ApplicationDefault() implements CredentialsSource {}

    /** No credentials, for emulators. */
    record Anonymous() implements CredentialsSource {}

    /**
     * JSON if the text begins with a brace, otherwise the path of a file.
     *
     * @throws IllegalArgumentException if it is neither; the message does not show the text
     */
    static CredentialsSource parse(Secret jsonOrPath) {
        String text = jsonOrPath.reveal().strip();
        if (text.startsWith("{")) {
            return new Json(jsonOrPath);
        }
        // A key in another notation, such as Base64, must not be printed as a path.
        if (text.length() > LONGEST_PATH) {
            throw new IllegalArgumentException("credentials must be JSON text or the path of a file");
        }
        try {
            return new KeyFile(Path.of(text));
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("credentials must be JSON text or the path of a file");
        }
    }
}
