// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.access;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a token after it was shown.
 *
 * @param id as {@link AccessToken#id} has it
 * @param expiresAt from when on it is worth nothing; null if never
 * @param revokedAt since when it is worth nothing; null if nobody has revoked it
 */
public record MintedToken(
        String id,
        Name user,
        Set<Scope> scopes,
        Instant createdAt,
        @Nullable Instant expiresAt,
        @Nullable Instant revokedAt) {
    /** Whether it is neither revoked nor expired. */
    public boolean isGood(Instant now) {
        return revokedAt == null && (expiresAt == null || expiresAt.isAfter(now));
    }
}
