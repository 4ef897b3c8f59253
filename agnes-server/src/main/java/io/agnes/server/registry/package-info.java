// SPDX-License-Identifier: Apache-2.0
/**
 * The registry on DuckDB: one file, one writing connection, reading ones beside it, all called on platform threads of
 * its own, because a native call holds the thread that makes it.
 */
package io.agnes.server.registry;
