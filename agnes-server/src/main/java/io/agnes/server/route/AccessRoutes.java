// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import static java.util.Objects.requireNonNull;

import io.agnes.core.Nearest;
import io.agnes.core.Secret;
import io.agnes.core.TableId;
import io.agnes.core.Time;
import io.agnes.core.table.TableRegistry;
import io.agnes.server.access.AccessRows;
import io.agnes.server.access.AccessStore;
import io.agnes.server.access.AccessToken;
import io.agnes.server.access.Identity;
import io.agnes.server.access.MintedToken;
import io.agnes.server.access.Name;
import io.agnes.server.access.Scope;
import io.agnes.server.api.ProblemCode;
import io.agnes.server.audit.TokenUse;
import io.agnes.server.audit.Usage;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** {@code /api/admin}: who may read which table, and with what token. Needs the scope {@code admin} throughout. */
final class AccessRoutes {
    private static final int MOST_TOKEN_DAYS = 3660;
    private static final int DEFAULT_TOKEN_DAYS = 90;

    private final TableRegistry registry;
    private final AccessStore access;
    private final Usage usage;
    private final Time time;

    AccessRoutes(TableRegistry registry, AccessStore access, Usage usage, Time time) {
        this.registry = registry;
        this.access = access;
        this.usage = usage;
        this.time = time;
    }

    List<Route> routes() {
        return List.of(
                new Route(AccessApi.USERS, this::users),
                new Route(AccessApi.PUT_USER, this::putUser),
                new Route(AccessApi.REMOVE_USER, this::removeUser),
                new Route(AccessApi.ALL_GROUPS, this::groups),
                new Route(AccessApi.JOIN, this::join),
                new Route(AccessApi.LEAVE, this::leave),
                new Route(AccessApi.GRANTS, this::grants),
                new Route(AccessApi.ADD_GRANT, this::grant),
                new Route(AccessApi.REVOKE_GRANT, this::revoke),
                new Route(AccessApi.TOKENS, this::tokens),
                new Route(AccessApi.MINT, this::mint),
                new Route(AccessApi.REVOKE_TOKEN, this::revokeToken));
    }

    /** {@code GET /api/admin/users}: 200 with every user and their groups. */
    private void users(ServerRequest request, ServerResponse response) {
        AccessRows rows = access.rows();
        JsonArrayBuilder users = Json.createArrayBuilder();
        for (Name user : AccessRows.sorted(rows.users())) {
            users.add(Json.createObjectBuilder()
                    .add("id", user.value())
                    .add(
                            "groups",
                            texts(rows.members(), member -> member.user().equals(user), AccessRows.Member::group)));
        }
        Requests.send(
                request,
                response,
                Json.createObjectBuilder().add("users", users).build());
    }

    /** {@code GET /api/admin/groups}: 200 with every group, its members and the tables they may read. */
    private void groups(ServerRequest request, ServerResponse response) {
        AccessRows rows = access.rows();
        JsonArrayBuilder groups = Json.createArrayBuilder();
        for (Name group : AccessRows.sorted(rows.groups())) {
            groups.add(Json.createObjectBuilder()
                    .add("id", group.value())
                    .add(
                            "members",
                            texts(rows.members(), member -> member.group().equals(group), AccessRows.Member::user))
                    .add(
                            "tables",
                            texts(rows.grants(), grant -> grant.group().equals(group), AccessRows.Grant::table)));
        }
        Requests.send(
                request,
                response,
                Json.createObjectBuilder().add("groups", groups).build());
    }

    /** {@code GET /api/admin/grants}: 200 with every grant. */
    private void grants(ServerRequest request, ServerResponse response) {
        JsonArrayBuilder grants = Json.createArrayBuilder();
        AccessRows.sorted(access.rows().grants())
                .forEach(grant -> grants.add(new Grant(grant.group(), grant.table()).json()));
        Requests.send(
                request,
                response,
                Json.createObjectBuilder().add("grants", grants).build());
    }

    private static <T> JsonArrayBuilder texts(Set<T> rows, Predicate<T> which, Function<T, Object> what) {
        return Json.createArrayBuilder(rows.stream()
                .filter(which)
                .map(what)
                .map(Object::toString)
                .sorted()
                .toList());
    }

    /** {@code DELETE /api/admin/users/{user}}: 204 once memberships and tokens of the user are removed; 404, 409. */
    private void removeUser(ServerRequest request, ServerResponse response) {
        Identity identity = Requests.identity(request, Scope.ADMIN);
        Name user = name(request, "user");
        if (!access.removeUser(user, identity.user(), time.now())) {
            throw noUser();
        }
        response.status(Status.NO_CONTENT_204).send();
    }

    /** {@code PUT /api/admin/groups/{group}/members/{user}}: 204, also if it exists already; 404 if the user is unknown. */
    private void join(ServerRequest request, ServerResponse response) {
        Identity identity = Requests.identity(request, Scope.ADMIN);
        Name user = name(request, "user");
        if (!access.userExists(user)) {
            throw noUser();
        }
        access.join(name(request, "group"), user, identity.user(), time.now());
        response.status(Status.NO_CONTENT_204).send();
    }

    /** {@code DELETE /api/admin/groups/{group}/members/{user}}: 204, also if it did not exist; 409. */
    private void leave(ServerRequest request, ServerResponse response) {
        Identity identity = Requests.identity(request, Scope.ADMIN);
        access.leave(name(request, "group"), name(request, "user"), identity.user(), time.now());
        response.status(Status.NO_CONTENT_204).send();
    }

    private static Name name(ServerRequest request, String parameter) {
        return Name.parse(request.path().pathParameters().get(parameter))
                .orElseThrow(() -> Problem.of(
                        ProblemCode.VALIDATION_FAILED, "The " + parameter + " must be " + Name.GRAMMAR + "."));
    }

    private static Problem noUser() {
        return Problem.of(ProblemCode.USER_NOT_FOUND, "There is no such user.");
    }

    /** {@code GET /api/admin/tokens}: 200 with every token's id, user, scopes and times. */
    private void tokens(ServerRequest request, ServerResponse response) {
        JsonArrayBuilder tokens = Json.createArrayBuilder();
        usage.flush();
        Map<String, TokenUse> uses = usage.store().tokenUses();
        access.tokens().forEach(token -> tokens.add(lastUse(json(token), uses.get(token.id()))));
        Requests.send(
                request,
                response,
                Json.createObjectBuilder().add("tokens", tokens).build());
    }

    private static JsonObjectBuilder lastUse(JsonObjectBuilder token, @Nullable TokenUse use) {
        return use == null
                ? token.addNull("last_used_on").addNull("last_used_from")
                : token.add("last_used_on", use.day().toString()).add("last_used_from", use.address());
    }

    private static JsonObjectBuilder json(MintedToken token) {
        return Json.createObjectBuilder()
                .add("id", token.id())
                .add("user", token.user().value())
                .add("scopes", scopes(token.scopes()))
                .add("created_at", token.createdAt().toString())
                .add("expires_at", time(token.expiresAt()))
                .add("revoked_at", time(token.revokedAt()));
    }

    private static JsonArrayBuilder scopes(Set<Scope> scopes) {
        return Json.createArrayBuilder(scopes.stream().map(Scope::text).sorted().toList());
    }

    private static JsonValue time(@Nullable Instant instant) {
        return instant == null ? JsonValue.NULL : Json.createValue(instant.toString());
    }

    /** {@code DELETE /api/admin/tokens/{token}}, by its id: 204 once it is revoked; 404, 409. */
    private void revokeToken(ServerRequest request, ServerResponse response) {
        Identity identity = Requests.identity(request, Scope.ADMIN);
        if (!access.revokeToken(request.path().pathParameters().get("token"), identity.user(), time.now())) {
            throw Problem.of(ProblemCode.TOKEN_NOT_FOUND, "No token has this id.");
        }
        response.status(Status.NO_CONTENT_204).send();
    }

    /** {@code POST /api/admin/users}: 201; the user is then a member of exactly these groups; 409, 422. */
    private void putUser(ServerRequest request, ServerResponse response) {
        Identity identity = Requests.identity(request, Scope.ADMIN);
        BodyFields fields = new BodyFields(Requests.json(request));
        Name user = fields.required(
                "id",
                text -> Name.parse(text).filter(name -> !name.equals(Name.SCHEDULER)),
                Name.GRAMMAR + ", and not " + Name.SCHEDULER);
        List<Name> groups = fields.list("groups", Name::parse, Name.GRAMMAR);
        fields.done();
        access.putUser(requireNonNull(user), Set.copyOf(groups), identity.user(), time.now());
        created(
                request,
                response,
                Json.createObjectBuilder().add("id", user.value()).add("groups", names(groups)));
    }

    /** {@code POST /api/admin/grants}: 201; 422 if the table is not registered or the group does not exist. */
    private void grant(ServerRequest request, ServerResponse response) {
        Identity identity = Requests.identity(request, Scope.ADMIN);
        Grant grant = grant(new BodyFields(Requests.json(request)), true);
        access.grant(grant.group(), grant.table(), identity.user(), time.now());
        created(request, response, grant.json());
    }

    /** {@code DELETE /api/admin/grants}, with the body of the grant: 204, also if there was none; 422. */
    private void revoke(ServerRequest request, ServerResponse response) {
        Identity identity = Requests.identity(request, Scope.ADMIN);
        Grant grant = grant(new BodyFields(Requests.json(request)), false);
        access.revoke(grant.group(), grant.table(), identity.user(), time.now());
        response.status(Status.NO_CONTENT_204).send();
    }

    private record Grant(Name group, TableId table) {
        JsonObjectBuilder json() {
            return Json.createObjectBuilder().add("group", group.value()).add("table_id", table.value());
        }
    }

    /** @param known whether the group must exist: a misspelt one would grant the table to a group that another user may make later */
    private Grant grant(BodyFields fields, boolean known) {
        Name group = fields.required("group", Name::parse, Name.GRAMMAR);
        if (known && group != null) {
            requireKnown(group, fields);
        }
        TableId table = fields.required(
                "table_id",
                text -> TableId.parse(text).filter(id -> registry.find(id).isPresent()),
                "the id of a registered table");
        fields.done();
        return new Grant(requireNonNull(group), requireNonNull(table));
    }

    private void requireKnown(Name group, BodyFields fields) {
        List<String> groups = access.rows().groups().stream().map(Name::value).toList();
        if (!groups.contains(group.value())) {
            String nearest = groups.isEmpty() ? "" : "; did you mean " + Nearest.to(group.value(), groups) + "?";
            fields.refuse(
                    "group", "there is no group " + group + nearest + " A user who is put into a group makes it.");
        }
    }

    /** {@code POST /api/admin/tokens}: 201 with the token, which no later answer shows; 422. */
    private void mint(ServerRequest request, ServerResponse response) {
        Identity identity = Requests.identity(request, Scope.ADMIN);
        BodyFields fields = new BodyFields(Requests.json(request));
        Name user = fields.required("user", text -> Name.parse(text).filter(access::userExists), "the id of a user");
        List<Scope> scopes = fields.list("scopes", Scope::parse, "read, operate, admin or metrics");
        int days = fields.number("expires_days", DEFAULT_TOKEN_DAYS, 1, MOST_TOKEN_DAYS);
        fields.done();
        Set<Scope> granted = scopes.isEmpty() ? EnumSet.of(Scope.READ) : EnumSet.copyOf(scopes);
        Instant now = time.now();
        Instant expires = now.plus(Duration.ofDays(days));
        Secret token = access.mint(requireNonNull(user), granted, now, expires, identity.user());
        response.headers().set(HeaderNames.CACHE_CONTROL, "no-store");
        created(
                request,
                response,
                Json.createObjectBuilder()
                        .add("id", AccessToken.id(token))
                        .add("token", token.reveal())
                        .add("user", user.value())
                        .add("scopes", scopes(granted))
                        .add("expires_at", expires.toString()));
    }

    private static void created(ServerRequest request, ServerResponse response, JsonObjectBuilder json) {
        response.status(Status.CREATED_201);
        Requests.send(request, response, json.build());
    }

    private static JsonArrayBuilder names(List<Name> names) {
        return Json.createArrayBuilder(names.stream().map(Name::value).toList());
    }
}
