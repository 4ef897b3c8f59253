// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import io.agnes.core.Secret;
import io.agnes.core.TableId;
import io.agnes.server.access.AccessException;
import io.agnes.server.access.AccessRows;
import io.agnes.server.access.AccessStore;
import io.agnes.server.access.AccessToken;
import io.agnes.server.access.Identity;
import io.agnes.server.access.MintedToken;
import io.agnes.server.access.Name;
import io.agnes.server.access.Scope;
import io.agnes.server.audit.AuditAction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Users, groups, grants and tokens in the registry, read through a {@link CachedRead}. Each change writes its line of the audit
 * log in its transaction.
 */
public final class RegistryAccess implements AccessStore {
    private final Database database;
    private final CachedRead<AccessCopy> copy;

    /** The digest of the first token of this start, until it is used. */
    private volatile @Nullable String unusedFirst;

    /** The store in that database. */
    public RegistryAccess(Database database) {
        this.database = database;
        this.copy = new CachedRead<>(database, TableGroup.ACCESS, AccessCopy::of);
    }

    /** Does a write that may take rights away. It is undone if it leaves no administrator where there was one. */
    private <T extends @Nullable Object> T reduce(Instant now, Database.Work<T> work) {
        return database.write(session -> {
            boolean before = anyAdministrator(session, now);
            T result = work.on(session);
            if (before && !anyAdministrator(session, now)) {
                throw AccessException.lastAdministrator();
            }
            return result;
        });
    }

    private static boolean anyAdministrator(Session session, Instant now) throws SQLException {
        return !session.query("""
                SELECT 1 FROM group_member m JOIN access_token t USING (user_id)
                WHERE m.group_id = ? AND list_contains(t.scopes, ?) AND t.revoked_at IS NULL
                    AND (t.expires_at IS NULL OR t.expires_at > ?) LIMIT 1""", row -> true, Name.ADMIN_GROUP.value(), Scope.ADMIN.text(), now)
                .isEmpty();
    }

    @Override
    public boolean anyToken() {
        return !copy.get().tokens().isEmpty();
    }

    @Override
    public AccessRows rows() {
        return copy.get().rows();
    }

    static AccessRows rows(Session session) throws SQLException {
        return new AccessRows(
                Set.copyOf(session.query("SELECT id FROM app_user", row -> name(row, "id"))),
                Set.copyOf(session.query("SELECT id FROM user_group", row -> name(row, "id"))),
                Set.copyOf(session.query(
                        "SELECT group_id, user_id FROM group_member",
                        row -> new AccessRows.Member(name(row, "group_id"), name(row, "user_id")))),
                Set.copyOf(session.query(
                        "SELECT group_id, table_id FROM table_grant",
                        row -> new AccessRows.Grant(name(row, "group_id"), new TableId(row.getString("table_id"))))));
    }

    private static Name name(ResultSet row, String column) throws SQLException {
        return new Name(row.getString(column));
    }

    /** Adds the rows that are missing, in a fixed order, each with its line of the audit log. */
    static void add(Session session, AccessRows rows, Name by, Instant now) throws SQLException {
        for (Name user : AccessRows.sorted(rows.users())) {
            int added = session.update(
                    "INSERT INTO app_user (id, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING", user.value(), now);
            auditIf(added, session, by, AuditAction.USER_PUT, user.value());
        }
        for (Name group : AccessRows.sorted(rows.groups())) {
            putGroup(session, group, now);
        }
        for (AccessRows.Member member : AccessRows.sorted(rows.members())) {
            putMember(session, member, by);
        }
        for (AccessRows.Grant grant : AccessRows.sorted(rows.grants())) {
            int added = putGrant(session, grant.group(), grant.table(), by, now);
            auditIf(added, session, by, AuditAction.GRANTED, grant.toString());
        }
    }

    private static void auditIf(int changed, Session session, Name by, AuditAction action, String subject) {
        if (changed > 0) {
            session.audit(by.value(), action, subject);
        }
    }

    @Override
    public void putUser(Name user, Set<Name> groups, Name by, Instant now) {
        reduce(now, session -> {
            session.update(
                    "INSERT INTO app_user (id, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING", user.value(), now);
            session.update("DELETE FROM group_member WHERE user_id = ?", user.value());
            putMembers(session, groups, user, now);
            session.audit(by.value(), AuditAction.USER_PUT, put(user, groups));
            return groups.size();
        });
    }

    private static String put(Name user, Set<Name> groups) {
        String all = AccessRows.sorted(groups).stream().map(Name::value).collect(Collectors.joining(","));
        return all.isEmpty() ? user.value() : user + " " + all;
    }

    @Override
    public boolean userExists(Name user) {
        return rows().users().contains(user);
    }

    @Override
    public boolean removeUser(Name user, Name by, Instant now) {
        return reduce(now, session -> {
            session.update("DELETE FROM group_member WHERE user_id = ?", user.value());
            session.update("DELETE FROM access_token WHERE user_id = ?", user.value());
            int removed = session.update("DELETE FROM app_user WHERE id = ?", user.value());
            auditIf(removed, session, by, AuditAction.USER_REMOVED, user.value());
            return removed > 0;
        });
    }

    @Override
    public void join(Name group, Name user, Name by, Instant now) {
        database.write(session -> {
            putGroup(session, group, now);
            return putMember(session, new AccessRows.Member(group, user), by);
        });
    }

    @Override
    public boolean leave(Name group, Name user, Name by, Instant now) {
        return reduce(now, session -> {
            int removed = session.update(
                    "DELETE FROM group_member WHERE group_id = ? AND user_id = ?", group.value(), user.value());
            auditIf(removed, session, by, AuditAction.MEMBER_REMOVED, group + " " + user);
            return removed > 0;
        });
    }

    @Override
    public void grant(Name group, TableId table, Name by, Instant now) {
        database.write(session -> {
            putGroup(session, group, now);
            session.audit(by.value(), AuditAction.GRANTED, group + " " + table);
            return putGrant(session, group, table, by, now);
        });
    }

    @Override
    public boolean revoke(Name group, TableId table, Name by, Instant now) {
        return database.write(session -> {
            int revoked = session.update(
                    "DELETE FROM table_grant WHERE group_id = ? AND table_id = ?", group.value(), table.value());
            session.audit(by.value(), AuditAction.REVOKED, group + " " + table);
            return revoked > 0;
        });
    }

    @Override
    public Secret mint(Name user, Set<Scope> scopes, Instant now, @Nullable Instant expires, Name by) {
        Secret token = AccessToken.random();
        database.write(session -> {
            String id = AccessToken.id(token);
            session.update(
                    """
                    INSERT INTO access_token (id, user_id, sha256, scopes, created_at, expires_at)
                    VALUES (?, ?, ?, string_split(?, ','), ?, ?)""",
                    id,
                    user.value(),
                    AccessToken.digest(token),
                    scopes.stream().map(Scope::text).sorted().collect(Collectors.joining(",")),
                    now,
                    expires);
            session.audit(by.value(), AuditAction.TOKEN_MINTED, user + " " + id);
            return id;
        });
        return token;
    }

    @Override
    public Secret mintFirst(Name user, Instant now, Instant expires) {
        Secret token = mint(user, EnumSet.allOf(Scope.class), now, expires, Name.FIRST_START);
        unusedFirst = AccessToken.digest(token);
        return token;
    }

    @Override
    public List<String> unusedFirst() {
        return database.read(session -> session.query("""
                SELECT id FROM access_token
                WHERE revoked_at IS NULL
                  AND user_id || ' ' || id IN (
                    SELECT subject FROM audit_log WHERE action = 'token_minted' AND actor = ?)
                  AND id NOT IN (SELECT subject FROM audit_log WHERE action = 'token_first_used')""", row -> row.getString("id"), Name.FIRST_START.value()));
    }

    @Override
    public List<MintedToken> tokens() {
        return copy.get().tokens();
    }

    static MintedToken token(ResultSet row) throws SQLException {
        return new MintedToken(
                row.getString("id"),
                name(row, "user_id"),
                scopes(row),
                Statements.instant(row, "created_at"),
                Statements.nullableInstant(row, "expires_at"),
                Statements.nullableInstant(row, "revoked_at"));
    }

    @Override
    public boolean revokeToken(String id, Name by, Instant now) {
        return reduce(now, session -> {
            int revoked = session.update(
                    "UPDATE access_token SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?", now, id);
            auditIf(revoked, session, by, AuditAction.TOKEN_REVOKED, id);
            return revoked > 0;
        });
    }

    @Override
    public Optional<Identity> identify(Secret token, Instant now) {
        String digest = AccessToken.digest(token);
        Optional<Identity> identity = copy.get().identify(digest, now);
        if (identity.isPresent() && digest.equals(unusedFirst)) {
            recordFirstUse(identity.get(), AccessToken.id(token));
        }
        return identity;
    }

    /** Runs before the request is answered, so that no later start revokes a token that has worked. */
    private void recordFirstUse(Identity identity, String id) {
        database.write(session -> {
            session.audit(identity.user().value(), AuditAction.TOKEN_FIRST_USED, id);
            return id;
        });
        unusedFirst = null;
    }

    @Override
    public boolean granted(Name user, TableId table) {
        return copy.get().granted(user, table);
    }

    @Override
    public Set<TableId> granted(Name user) {
        return copy.get().granted(user);
    }

    private static Set<Scope> scopes(ResultSet row) throws SQLException {
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        for (String scope : Statements.strings(row, "scopes")) {
            Scope.parse(scope).ifPresent(scopes::add);
        }
        return Set.copyOf(scopes);
    }

    /** Takes two statements for any number of groups, as other writes wait meanwhile. */
    private static void putMembers(Session session, Set<Name> groups, Name user, Instant now) throws SQLException {
        if (groups.isEmpty()) {
            return;
        }
        List<Object> rows = new ArrayList<>();
        List<Object> members = new ArrayList<>();
        for (Name group : groups) {
            rows.addAll(List.of(group.value(), now));
            members.addAll(List.of(group.value(), user.value()));
        }
        String values = String.join(", ", Collections.nCopies(groups.size(), "(?, ?)"));
        session.update(
                "INSERT INTO user_group (id, created_at) VALUES " + values + " ON CONFLICT DO NOTHING", rows.toArray());
        session.update("INSERT INTO group_member (group_id, user_id) VALUES " + values, members.toArray());
    }

    private static void putGroup(Session session, Name group, Instant now) throws SQLException {
        session.update(
                "INSERT INTO user_group (id, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING", group.value(), now);
    }

    private static int putMember(Session session, AccessRows.Member member, Name by) throws SQLException {
        int added = session.update(
                "INSERT INTO group_member (group_id, user_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
                member.group().value(),
                member.user().value());
        auditIf(added, session, by, AuditAction.MEMBER_ADDED, member.toString());
        return added;
    }

    private static int putGrant(Session session, Name group, TableId table, Name by, Instant now) throws SQLException {
        return session.update("""
                INSERT INTO table_grant (group_id, table_id, granted_by, granted_at)
                VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING""", group.value(), table.value(), by.value(), now);
    }
}
