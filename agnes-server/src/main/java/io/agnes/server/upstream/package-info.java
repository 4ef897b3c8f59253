// SPDX-License-Identifier: Apache-2.0
/**
 * Imports an installation of Agnes for Python: reads its {@code system.duckdb}, plans, and writes. Only this package knows its
 * schema.
 */
package io.agnes.server.upstream;
