// SPDX-License-Identifier: Apache-2.0
/**
 * Taking over an installation of Agnes for Python: what its {@code system.duckdb} holds, what of it has a place here, and
 * writing that. Its schema is known here and nowhere else.
 */
package io.agnes.server.upstream;
