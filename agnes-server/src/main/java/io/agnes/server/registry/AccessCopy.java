// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import io.agnes.core.TableId;
import io.agnes.server.access.AccessRows;
import io.agnes.server.access.Identity;
import io.agnes.server.access.MintedToken;
import io.agnes.server.access.Name;
import io.agnes.server.access.Scope;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** All users, groups, grants and tokens at one moment. Takes about 500 bytes for each token, membership and grant. */
final class AccessCopy {
    private final AccessRows rows;
    private final List<MintedToken> tokens;
    private final Map<String, MintedToken> byDigest;
    private final Map<Name, Set<Name>> groupsOf = new HashMap<>();
    private final Map<Name, Set<TableId>> tablesOf = new HashMap<>();

    private AccessCopy(AccessRows rows, List<MintedToken> tokens, Map<String, MintedToken> byDigest) {
        this.rows = rows;
        this.tokens = List.copyOf(tokens);
        this.byDigest = byDigest;
        Map<Name, Set<TableId>> granted = new HashMap<>();
        rows.grants().forEach(grant -> add(granted, grant.group(), grant.table()));
        for (AccessRows.Member member : rows.members()) {
            add(groupsOf, member.user(), member.group());
            granted.getOrDefault(member.group(), Set.of()).forEach(table -> add(tablesOf, member.user(), table));
        }
    }

    private static <K, V> void add(Map<K, Set<V>> to, K key, V value) {
        to.computeIfAbsent(key, none -> new HashSet<>()).add(value);
    }

    static AccessCopy of(Session session) throws SQLException {
        Map<String, MintedToken> byDigest = new HashMap<>();
        List<MintedToken> tokens = session.query(
                "SELECT id, user_id, sha256, scopes, created_at, expires_at, revoked_at FROM access_token"
                        + " ORDER BY created_at DESC, id",
                row -> {
                    MintedToken token = RegistryAccess.token(row);
                    byDigest.put(row.getString("sha256"), token);
                    return token;
                });
        return new AccessCopy(RegistryAccess.rows(session), tokens, byDigest);
    }

    AccessRows rows() {
        return rows;
    }

    List<MintedToken> tokens() {
        return tokens;
    }

    Optional<Identity> identify(String digest, Instant now) {
        MintedToken token = byDigest.get(digest);
        return token == null || !token.isGood(now) ? Optional.empty() : Optional.of(identity(token));
    }

    private Identity identity(MintedToken token) {
        boolean admin = token.scopes().contains(Scope.ADMIN)
                && groupsOf.getOrDefault(token.user(), Set.of()).contains(Name.ADMIN_GROUP);
        return new Identity(token.user(), token.id(), token.scopes(), admin);
    }

    Set<TableId> granted(Name user) {
        return Set.copyOf(tablesOf.getOrDefault(user, Set.of()));
    }

    boolean granted(Name user, TableId table) {
        return tablesOf.getOrDefault(user, Set.of()).contains(table);
    }
}
