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
 * Users, groups, grants and tokens. What returns normally has been stored durably and holds from the next question on.
 * Safe for use by several threads. Failures are an unchecked exception of the implementation; then nothing was changed.
 *
 * <p>No change removes the last administrator, which is a member of {@code Admin} with a valid token for it: that is
 * checked together with the change, and throws an {@link AccessException} with the code {@code last_administrator}.
 */
public interface AccessStore {
    /** Whether a token was ever minted; until then nobody can prove to be anybody. */
    boolean anyToken();

    /** Adds the user and the groups that are not there yet, and makes the user a member of exactly these. */
    void putUser(Name user, Set<Name> groups, Name by, Instant now);

    /** Whether the user is known. */
    boolean userExists(Name user);

    /** Removes the user from every group, and for good; tokens go too. False if there was none. */
    boolean removeUser(Name user, Name by, Instant now);

    /** Makes a user who is known a member of a group, made if it is not there. */
    void join(Name group, Name user, Name by, Instant now);

    /** Ends a membership; false if there was none. */
    boolean leave(Name group, Name user, Name by, Instant now);

    /** Every user, group, membership and grant. */
    AccessRows rows();

    /** Lets the members of a group, made if it is not there, read a table. */
    void grant(Name group, TableId table, Name by, Instant now);

    /** Takes a grant back; false if there was none. */
    boolean revoke(Name group, TableId table, Name by, Instant now);

    /** Mints a token, seen here and never again. */
    Secret mint(Name user, Set<Scope> scopes, Instant now, @Nullable Instant expires, Name by);

    /**
     * Mints the token of a first start, good for everything. Its first use is recorded, unlike that of others, so that a
     * later start can tell whether it ever reached anybody.
     */
    Secret mintFirst(Name user, Instant now, Instant expires);

    /** Ids of first tokens that were neither used nor revoked. */
    List<String> unusedFirst();

    /** Every token ever minted, the newest first. */
    List<MintedToken> tokens();

    /** Makes a token worthless, which it may have been; false if none is called so. */
    boolean revokeToken(String id, Name by, Instant now);

    /** Whose token it is; nothing if it is unknown, expired or revoked. */
    Optional<Identity> identify(Secret token, Instant now);

    /** Whether one of the user's groups has a grant on the table. */
    boolean granted(Name user, TableId table);

    /** Every table that one of the user's groups has a grant on. */
    Set<TableId> granted(Name user);
}
