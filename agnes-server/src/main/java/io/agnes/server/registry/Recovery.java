// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

/**
 * What a registry that is not whole is opened with.
 *
 * @param besideVersions whether published versions lie in its data directory, which an empty registry would not know
 * @param acceptedLoss the word of the loss that a person has accepted, as the refusal named it; empty for none
 */
public record Recovery(boolean besideVersions, String acceptedLoss) {
    /** A registry of its own, of which no loss is accepted. */
    public static final Recovery NONE = new Recovery(false, "");
}
