// SPDX-License-Identifier: Apache-2.0
import org.jspecify.annotations.NullMarked;

/**
 * Fakes of Keboola Storage, Google BigQuery and Google Cloud Storage that run in the process of the test. They speak the real wire
 * formats, keep state, validate signatures, and misbehave as scripted. Start at {@code FakeKeboola}, {@code FakeBigQuery} or
 * {@code FakeCloudStorage}, then read {@code FaultPoint}. This module requires no other module of Agnes, so that each of them can be tested with it. Only the JUnit
 * extensions need JUnit, which is optional.
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
