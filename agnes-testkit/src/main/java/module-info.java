// SPDX-License-Identifier: Apache-2.0
import org.jspecify.annotations.NullMarked;

/**
 * A fake of Keboola Storage that runs in the process of the test. It speaks the real wire formats, keeps state, validates
 * signatures, and misbehaves as scripted. Start at {@code FakeKeboola}, then read {@code FakeTable} and {@code FaultPoint}.
 * This module requires no other module of Agnes, so that each of them can be tested with it. Only
 * {@code FakeKeboolaExtension} needs JUnit, which is optional.
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
