// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery;

import io.agnes.core.Secret;
import java.nio.file.Path;

/**
 * Credentials that run jobs, write and delete objects of the staging bucket, and sign addresses. An account needs
 * {@code roles/bigquery.jobUser} in the project, {@code roles/bigquery.dataViewer} on the datasets, and
 * {@code roles/storage.objectAdmin} on the bucket.
 */
public record BigQueryWriteCredentials(CredentialsSource source) {
    /** Credentials in the text of a key in JSON. */
    public static BigQueryWriteCredentials json(Secret text) {
        return new BigQueryWriteCredentials(new CredentialsSource.Json(text));
    }

    /** Credentials in a file. */
    public static BigQueryWriteCredentials file(Path path) {
        return new BigQueryWriteCredentials(new CredentialsSource.KeyFile(path));
    }

    /** The application default credentials of this machine. */
    public static BigQueryWriteCredentials applicationDefault() {
        return new BigQueryWriteCredentials(new CredentialsSource.ApplicationDefault());
    }

    /** No credentials, for emulators. */
    public static BigQueryWriteCredentials anonymous() {
        return new BigQueryWriteCredentials(new CredentialsSource.Anonymous());
    }
}
