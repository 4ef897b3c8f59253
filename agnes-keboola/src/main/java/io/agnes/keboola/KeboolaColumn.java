// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import java.util.Optional;

/**
 * A column of a table in Keboola.
 *
 * @param baseType Keboola's word for its type on every backend, such as {@code NUMERIC}; empty for an untyped column
 * @param type the backend's word, such as {@code TIMESTAMP_TZ}
 * @param length precision and scale, such as {@code 38,0}
 */
public record KeboolaColumn(String name, Optional<String> baseType, Optional<String> type, Optional<String> length) {}
