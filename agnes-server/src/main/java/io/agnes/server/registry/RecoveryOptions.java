// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

/**
 * How to open a registry of which something is missing.
 *
 * @param besideVersions whether published versions lie in its data directory, which an empty registry would not know
 * @param acceptedLoss the word of the loss that a person has accepted, as the refusal named it; empty for none
 */
public record RecoveryOptions(boolean besideVersions, String acceptedLoss) {
    /** For a registry without published versions beside it. No loss is accepted. */
    public static final RecoveryOptions NONE = new RecoveryOptions(false, "");
}
