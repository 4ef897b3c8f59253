// SPDX-License-Identifier: Apache-2.0
/**
 * The registry on DuckDB: one file with one writing, two reading and one copying connection, called on platform threads of their own,
 * because a native call holds its thread. Start at {@link io.agnes.server.registry.Database}; {@code Recovery} opens the file
 * after any failure, {@code Writer} and {@code Journal} make a change durable, and {@code CachedRead} answers frequent queries.
 */
package io.agnes.server.registry;
