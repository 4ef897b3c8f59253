// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.access;

import io.agnes.core.Secret;
import io.agnes.core.TableId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Users, groups, grants and tokens. When a change returns, it is stored durably and every later call sees it. Safe for
 * use by several threads. A failed call throws {@link io.agnes.core.RegistryFailedException} and changes nothing.
 *
 * <p>Every change keeps at least one administrator: a member of {@code Admin} with a valid token that has the scope
 * {@code admin}. The check is part of the change. A change that would remove the last administrator throws an {@link
 * AccessException} with the code {@code last_administrator}.
 */
public interface AccessStore {
    /** Whether a token was ever minted. */
    boolean anyToken();

    /** Adds the user and the missing groups, and makes the user a member of exactly these groups. */
    void putUser(Name user, Set<Name> groups, Name by, Instant now);

    /** Whether the user exists. */
    boolean userExists(Name user);

    /** Removes a user with all memberships and tokens; returns false if the user is unknown. */
    boolean removeUser(Name user, Name by, Instant now);

    /** Makes a known user a member of a group, and adds the group if it is missing. */
    void join(Name group, Name user, Name by, Instant now);

    /** Ends a membership; returns false if there was none. */
    boolean leave(Name group, Name user, Name by, Instant now);

    /** All users, groups, memberships and grants. */
    AccessRows rows();

    /** Lets the members of a group read a table, and adds the group if it is missing. */
    void grant(Name group, TableId table, Name by, Instant now);

    /** Revokes a grant; returns false if there was none. */
    boolean revoke(Name group, TableId table, Name by, Instant now);

    /** Mints a token. Only its digest is stored. */
    Secret mint(Name user, Set<Scope> scopes, Instant now, @Nullable Instant expires, Name by);

    /**
     * Mints the token of a first start, with every scope. Its first use is recorded, so that a later start knows whether the
     * token was ever used.
     */
    Secret mintFirst(Name user, Instant now, Instant expires);

    /** The ids of first tokens that were neither used nor revoked. */
    List<String> unusedFirst();

    /** Every minted token, newest first. */
    List<MintedToken> tokens();

    /** Revokes a token; returns false if the id is unknown. */
    boolean revokeToken(String id, Name by, Instant now);

    /** The user that a token identifies; empty if the token is unknown, expired or revoked. */
    Optional<Identity> identify(Secret token, Instant now);

    /** Whether one of the user's groups has a grant on the table. */
    boolean granted(Name user, TableId table);

    /** All tables that one of the user's groups has a grant on. */
    Set<TableId> granted(Name user);
}
