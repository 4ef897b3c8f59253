// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.metadata;

import io.agnes.bigquery.BigQueryConfig;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * The suite against the real service, in the project that {@code AGNES_TEST_BIGQUERY_PROJECT} names, with the application
 * default credentials. It reads metadata alone, which is free.
 */
@EnabledIfEnvironmentVariable(named = RealBigQueryTest.PROJECT, matches = ".+")
class RealBigQueryTest extends MetadataClientContract {
    static final String PROJECT = "AGNES_TEST_BIGQUERY_PROJECT";

    @Override
    BigQueryConfig config() {
        return BigQueryConfig.of(System.getenv(PROJECT));
    }
}
