// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.access;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The stored facts about a token, without the token.
 *
 * @param id see {@link AccessToken#id}
 * @param expiresAt the end of its validity; null if it does not expire
 * @param revokedAt null if it was not revoked
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
