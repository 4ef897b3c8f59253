// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.table;

/**
 * A column of a published table.
 *
 * @param name as in the file
 * @param type in the notation of DuckDB, such as {@code DECIMAL(18,3)} or {@code VARCHAR}
 */
public record Column(String name, String type) {}
