// SPDX-License-Identifier: Apache-2.0
import org.jspecify.annotations.NullMarked;

/**
 * The BigQuery connector: what BigQuery knows about tables, and tables exported through Cloud Storage. Start at
 * {@link io.agnes.bigquery.BigQueryConfig}. No type of Google's libraries and no server appears in its API.
 *
 * <p>The libraries of Google are used over HTTP alone. With gRPC, several of their jars contain the same packages, which a
 * module path forbids.
 */
@NullMarked
module io.agnes.bigquery {
    requires static transitive org.jspecify;
    requires transitive io.agnes.core;
    requires com.google.api.client;
    requires com.google.api.client.json.gson;
    requires com.google.api.services.bigquery;
    requires com.google.auth;
    requires com.google.auth.oauth2;
    requires google.api.client;
    requires google.cloud.bigquery;
    requires google.cloud.core;
    requires google.cloud.core.http;
    requires google.cloud.storage;
    requires gax;
    // Google's automatic modules use these, but cannot require them.
    requires com.fasterxml.jackson.core;
    requires com.google.common;
    requires com.google.gson;
    // Without it, each answer other than 200 ends in a NoClassDefFoundError within Google's libraries.
    requires java.sql;
    requires duckdb.jdbc;

    exports io.agnes.bigquery;
    exports io.agnes.bigquery.export;
    exports io.agnes.bigquery.metadata;
}
