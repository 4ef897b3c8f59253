// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

/**
 * A table in the listing of a source.
 *
 * @param bucket the bucket, as the source names it
 * @param sourceTable the table's name in the bucket
 * @param name a label for people
 * @param proposedId the id to register it under; may violate the grammar of ids
 */
public record Discovered(String bucket, String sourceTable, String name, String proposedId) {}
