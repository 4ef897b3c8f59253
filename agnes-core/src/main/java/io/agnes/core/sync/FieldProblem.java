// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

/**
 * A field of a registered table that its source cannot use.
 *
 * @param reason continues the name of the field, as in {@code is missing}
 */
public record FieldProblem(TableField field, String reason) {}
