// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.access;

import io.agnes.core.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The token of the first administrator. A start mints one for the user {@code admin} if no token was ever minted. If
 * the token of an earlier start was never used, the next start revokes it and mints another, because the printed token
 * may be lost.
 *
 * @param expires when the token expires
 * @param again whether it replaces an earlier token
 */
public record FirstToken(Secret token, Instant expires, boolean again) {
    /** The user of the token. */
    public static final Name USER = new Name("admin");

    /** Long enough to mint other tokens with it. */
    public static final Duration LIFE = Duration.ofDays(7);

    /**
     * Mints the token if no token was ever minted, or if only unused first tokens let an administrator in; otherwise
     * returns empty. Revokes all unused first tokens of earlier starts.
     */
    public static Optional<FirstToken> mintIfNeeded(AccessStore access, Instant now) {
        List<String> unused = access.anyToken() ? access.unusedFirst() : List.of();
        boolean needed = !access.anyToken() || (!unused.isEmpty() && !adminGetsInWithout(unused, access, now));
        Optional<FirstToken> made = needed ? Optional.of(mint(access, !unused.isEmpty(), now)) : Optional.empty();
        // The old tokens are revoked last, because the token of the last administrator cannot be revoked.
        unused.forEach(id -> access.revokeToken(id, Name.FIRST_START, now));
        return made;
    }

    private static FirstToken mint(AccessStore access, boolean again, Instant now) {
        makeAdmin(access, USER, Name.FIRST_START, now);
        Instant expires = now.plus(LIFE);
        return new FirstToken(access.mintFirst(USER, now, expires), expires, again);
    }

    private static boolean adminGetsInWithout(List<String> unused, AccessStore access, Instant now) {
        Set<AccessRows.Member> members = access.rows().members();
        return access.tokens().stream()
                .filter(token -> token.scopes().contains(Scope.ADMIN) && token.isGood(now))
                .filter(token -> !unused.contains(token.id()))
                .anyMatch(token -> members.contains(new AccessRows.Member(Name.ADMIN_GROUP, token.user())));
    }

    /** Adds the user to the administrators and keeps the other memberships. */
    public static void makeAdmin(AccessStore access, Name user, Name by, Instant now) {
        if (!access.userExists(user)) {
            access.putUser(user, Set.of(Name.ADMIN_GROUP), by, now);
        } else if (!access.rows().members().contains(new AccessRows.Member(Name.ADMIN_GROUP, user))) {
            access.join(Name.ADMIN_GROUP, user, by, now);
        }
    }
}
