// SPDX-License-Identifier: Apache-2.0
import org.jspecify.annotations.NullMarked;

/**
 * The Keboola Storage connector: tables exported over the Storage API become one verified Parquet file. Start at
 * {@link io.agnes.keboola.KeboolaClient}. No type of an HTTP library and no server appears in its API.
 */
@NullMarked
module io.agnes.keboola {
    requires static io.helidon.config.metadata;
    requires static transitive org.jspecify;
    requires transitive io.agnes.core;
    requires io.helidon.common;
    requires io.helidon.common.tls;
    requires io.helidon.http;
    requires io.helidon.webclient;
    requires io.helidon.webclient.api;
    requires jakarta.json;
    // Core's DuckDB runner requires them static; a program that converts must have them.
    requires java.sql;
    requires duckdb.jdbc;

    exports io.agnes.keboola;
}
