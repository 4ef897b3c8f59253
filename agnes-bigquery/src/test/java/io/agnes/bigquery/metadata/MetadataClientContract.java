// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.bigquery.BigQueryConfig;
import io.agnes.bigquery.BigQueryReadCredentials;
import io.agnes.bigquery.BigQueryTable;
import io.agnes.bigquery.GoogleCloudException;
import io.agnes.core.Secret;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What BigQuery answers to Google's client, the emulated one and the real one. */
abstract class MetadataClientContract {
    /** A table of Google that everybody may read, and that has not changed for years. */
    static final BigQueryTable PUBLIC = new BigQueryTable("bigquery-public-data", "samples", "shakespeare");

    private MetadataClient client;

    /** The BigQuery under test, where {@link #PUBLIC} exists. */
    abstract BigQueryConfig config();

    @BeforeEach
    void open() {
        client = MetadataClient.of(config());
    }

    @AfterEach
    void close() {
        client.close();
    }

    private GoogleCloudException failure(BigQueryTable table) {
        return assertThrows(GoogleCloudException.class, () -> client.table(table));
    }

    @Test
    void aTableIsDescribedInFull() throws Exception {
        TableMetadata table = client.table(PUBLIC);
        assertEquals(EntityType.TABLE, table.entityType());
        assertEquals(164_656L, table.rows());
        assertTrue(table.bytes() != null && table.bytes() > table.rows());
        assertEquals(List.of(), table.missing());
        assertEquals(Optional.empty(), table.partitioning());
        assertEquals(Optional.empty(), table.streamingBuffer());
        assertEquals("US", table.location());
        assertFalse(table.etag().isEmpty());
        assertNotNull(table.lastModified());
        assertEquals(
                List.of("word STRING true", "word_count INT64 true", "corpus STRING true", "corpus_date INT64 true"),
                table.columns().stream()
                        .map(column -> column.name() + " " + column.type() + " " + column.required())
                        .toList());
    }

    @Test
    void whatIsUnchangedHasTheSameEtag() throws Exception {
        assertEquals(client.table(PUBLIC).etag(), client.table(PUBLIC).etag());
    }

    @Test
    void aMissingTableIsNotFound() {
        assertEquals(
                "table_not_found",
                failure(new BigQueryTable(PUBLIC.project(), PUBLIC.dataset(), "missing_of_agnes"))
                        .code());
    }

    @Test
    void aMissingDatasetIsNotFound() {
        GoogleCloudException e =
                assertThrows(GoogleCloudException.class, () -> client.tables("missing_dataset_of_agnes"));
        assertEquals("dataset_not_found", e.code());
    }

    @Test
    void theDatasetsOfTheProjectAreListed() throws Exception {
        for (String dataset : client.datasets()) {
            assertTrue(BigQueryTable.isDataset(dataset), dataset);
        }
    }

    @Test
    void credentialsOfNobodyAreRefused() {
        String login = """
                {"type": "authorized_user", "client_id": "agnes.apps.googleusercontent.com", "client_secret": "canary",
                 "refresh_token": "canary"}""";
        BigQueryConfig refused =
                config().withReadCredentials(BigQueryReadCredentials.json(Secret.of(login.replace("}", more() + "}"))));
        try (MetadataClient other = MetadataClient.of(refused)) {
            GoogleCloudException e = assertThrows(GoogleCloudException.class, () -> other.table(PUBLIC));
            assertTrue(e.code().startsWith("credentials_"), e.toString());
            assertFalse(e.toString().contains("canary"), e.toString());
        }
    }

    /** Further fields of the login, such as another token service. */
    String more() {
        return "";
    }
}
