// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

/**
 * A table that a source says it has.
 *
 * @param bucket where it is, as the source names it and not as its id could be taken apart
 * @param sourceTable its name there
 * @param name a label for people
 * @param proposedId what it would be registered as; may be outside the grammar
 */
public record Discovered(String bucket, String sourceTable, String name, String proposedId) {}
