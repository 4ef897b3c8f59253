// SPDX-License-Identifier: Apache-2.0
import org.jspecify.annotations.NullMarked;

/**
 * Agnes as a process: HTTP routes, identity and grants, the DuckDB registry, settings, the command line, and the wiring
 * that joins the libraries. Nothing depends on this module.
 */
@NullMarked
module io.agnes.server {
    requires static org.jspecify;
    requires static io.helidon.config.metadata;
    requires io.agnes.bigquery;
    requires io.agnes.core;
    requires io.agnes.keboola;
    requires io.agnes.testkit;
    requires io.helidon.config;
    requires io.helidon.config.yaml;
    requires io.helidon.common.task;
    requires io.helidon.http.media.jsonp;
    requires io.helidon.security;
    requires io.helidon.webclient;
    requires io.helidon.webclient.api;
    requires io.helidon.webserver;
    requires io.helidon.webserver.context;
    requires io.helidon.webserver.security;
    requires jakarta.json;
    requires java.logging;
    requires java.management;
    requires java.sql;
    requires jdk.unsupported;
    requires duckdb.jdbc;
    requires info.picocli;

    opens io.agnes.server.cli to
            info.picocli,
            java.logging;
}
