package io.agnes.server.route;

import static java.util.Objects.requireNonNull;

import io.agnes.core.Secret;
import io.agnes.core.TableId;
import io.agnes.core.Time;
import io.agnes.core.table.TableRegistry;
import io.agnes.server.access.AccessStore;
import io.agnes.server.access.Identity;
import io.agnes.server.access.Name;
import io.agnes.server.access.Scope;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** {@code /api/admin}: who may read which table, and with what token. Needs the scope {@code admin} throughout. */
final class AccessRoutes implements HttpService {
    private static final int MOST_TOKEN_DAYS = 3660;
    private static final int DEFAULT_TOKEN_DAYS = 90;

    private final TableRegistry registry;
    private final AccessStore access;
    private final Time time;

    AccessRoutes(TableRegistry registry, AccessStore access, Time time) {
        this.registry = registry;
        this.access = access;
        this.time = time;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.post("/users", this::putUser)
                .post("/grants", this::grant)
                .delete("/grants", this::revoke)
                .post("/tokens", this::mint);
    }

    /** {@code POST /api/admin/users}: 201; the user is then a member of exactly these groups; 422. */
    private void putUser(ServerRequest request, ServerResponse response) {
        Identity identity = Requests.identity(request, Scope.ADMIN);
        Fields fields = new Fields(Requests.json(request));
        Name user = fields.required("id", Name::parse, Name.GRAMMAR);
        List<Name> groups = fields.list("groups", Name::parse, Name.GRAMMAR);
        fields.done();
        access.putUser(requireNonNull(user), Set.copyOf(groups), identity.user(), time.now());
        created(response, Json.createObjectBuilder().add("id", user.value()).add("groups", names(groups)));
    }

    /** {@code POST /api/admin/grants}: 201; 422 if the table is not registered. */
    private void grant(ServerRequest request, ServerResponse response) {
        Identity identity = Requests.identity(request, Scope.ADMIN);
        Grant grant = grant(new Fields(Requests.json(request)));
        access.grant(grant.group(), grant.table(), identity.user(), time.now());
        created(response, grant.json());
    }

    /** {@code DELETE /api/admin/grants}, with the body of the grant: 204, also if there was none; 422. */
    private void revoke(ServerRequest request, ServerResponse response) {
        Identity identity = Requests.identity(request, Scope.ADMIN);
        Grant grant = grant(new Fields(Requests.json(request)));
        access.revoke(grant.group(), grant.table(), identity.user(), time.now());
        response.status(Status.NO_CONTENT_204).send();
    }

    private record Grant(Name group, TableId table) {
        JsonObjectBuilder json() {
            return Json.createObjectBuilder().add("group", group.value()).add("table_id", table.value());
        }
    }

    private Grant grant(Fields fields) {
        Name group = fields.required("group", Name::parse, Name.GRAMMAR);
        TableId table = fields.required(
                "table_id",
                text -> TableId.parse(text).filter(id -> registry.find(id).isPresent()),
                "the id of a registered table");
        fields.done();
        return new Grant(requireNonNull(group), requireNonNull(table));
    }

    /** {@code POST /api/admin/tokens}: 201 with the token, which is shown this once; 422. */
    private void mint(ServerRequest request, ServerResponse response) {
        Identity identity = Requests.identity(request, Scope.ADMIN);
        Fields fields = new Fields(Requests.json(request));
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
                response,
                Json.createObjectBuilder()
                        .add("token", token.reveal())
                        .add("user", user.value())
                        .add(
                                "scopes",
                                Json.createArrayBuilder(
                                        granted.stream().map(Scope::text).toList()))
                        .add("expires_at", expires.toString()));
    }

    private static void created(ServerResponse response, JsonObjectBuilder json) {
        response.status(Status.CREATED_201);
        Requests.send(response, json.build());
    }

    private static JsonArrayBuilder names(List<Name> names) {
        return Json.createArrayBuilder(names.stream().map(Name::value).toList());
    }
}
