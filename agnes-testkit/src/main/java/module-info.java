// SPDX-License-Identifier: Apache-2.0
import org.jspecify.annotations.NullMarked;

/**
 * Keboola Storage in the test's own process: real wire formats, real state, validated signatures, and misbehaviour as
 * a type. Start at {@code FakeKeboola}, then {@code FakeTable} and {@code FaultPoint}. This module knows no other module of
 * Agnes, so that anything can be tested with it. JUnit is optional: {@code FakeKeboolaExtension} alone knows it.
 */
@NullMarked
module io.agnes.testkit {
    requires static transitive org.jspecify;
    requires static org.junit.jupiter.api;
    requires java.sql;
    requires duckdb.jdbc;
    requires jdk.httpserver;

    exports io.agnes.testkit;
}
