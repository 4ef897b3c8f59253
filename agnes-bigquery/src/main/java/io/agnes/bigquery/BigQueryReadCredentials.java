// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery;

import io.agnes.core.Secret;
import java.nio.file.Path;

/**
 * Credentials that look up and list tables. They are used with the scope {@code bigquery.readonly}, so that the same
 * account cannot run a job through them. An account needs {@code bigquery.datasets.get}, {@code bigquery.tables.list} and
 * {@code bigquery.tables.get}; the role {@code roles/bigquery.metadataViewer} has them.
 */
public record BigQueryReadCredentials(CredentialsSource source) {
    /** Credentials in the text of a key in JSON. */
    public static BigQueryReadCredentials json(Secret text) {
        return new BigQueryReadCredentials(new CredentialsSource.Json(text));
    }

    /** Credentials in a file. */
    public static BigQueryReadCredentials file(Path path) {
        return new BigQueryReadCredentials(new CredentialsSource.KeyFile(path));
    }

    /** The application default credentials of this machine. */
    public static BigQueryReadCredentials applicationDefault() {
        return new BigQueryReadCredentials(new CredentialsSource.ApplicationDefault());
    }

    /** No credentials, for emulators. */
    public static BigQueryReadCredentials anonymous() {
        return new BigQueryReadCredentials(new CredentialsSource.Anonymous());
    }
}
