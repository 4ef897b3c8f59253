// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.metadata;

import io.agnes.bigquery.BigQueryConfig;
import io.agnes.testkit.FakeBigQuery;
import org.junit.jupiter.api.AfterEach;

/** The suite against the emulated service. */
class EmulatedBigQueryTest extends MetadataClientContract {
    private final FakeBigQuery google = seeded();

    private static FakeBigQuery seeded() {
        FakeBigQuery google = FakeBigQuery.start();
        google.dataset("crm");
        google.dataset(PUBLIC.project(), PUBLIC.dataset())
                .table(PUBLIC.table())
                .columns(
                        "word STRING NOT NULL, word_count INT64 NOT NULL, corpus STRING NOT NULL, corpus_date INT64 NOT NULL")
                .rowsOf("SELECT 'word' || i, i, 'hamlet', 1603 FROM range(164656) t(i)");
        return google;
    }

    @AfterEach
    void end() {
        google.close();
    }

    @Override
    BigQueryConfig config() {
        return FakeBigQueryMetadataTest.config(google);
    }

    @Override
    String more() {
        return ", \"token_uri\": \"" + google.endpoint() + "/token\"";
    }
}
