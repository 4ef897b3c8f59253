package io.agnes.server.route;

import static java.util.Objects.requireNonNull;

import io.agnes.core.Secret;
import io.agnes.core.TableId;
import io.agnes.core.Time;
import io.agnes.core.table.QueryMode;
import io.agnes.core.table.TableRecord;
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
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** {@code /api/admin}: which tables there are, and who may read them. Needs the scope {@code admin} throughout. */
final class AdminRoutes implements HttpService {
    private static final int MOST_TOKEN_DAYS = 3660;
    private static final int DEFAULT_TOKEN_DAYS = 90;

    private final TableRegistry registry;
    private final AccessStore access;
    private final Set<String> sourceTypes;
    private final Time time;

    /** @param sourceTypes what a table can come from */
    AdminRoutes(TableRegistry registry, AccessStore access, Set<String> sourceTypes, Time time) {
        this.registry = registry;
        this.access = access;
        this.sourceTypes = sourceTypes;
        this.time = time;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/registry", this::list)
                .post("/register-table", this::register)
                .post("/users", this::putUser)
                .post("/grants", this::grant)
                .delete("/grants", this::revoke)
                .post("/tokens", this::mint);
    }

    /** {@code GET /api/admin/registry}: 200 with every table. */
    private void list(ServerRequest request, ServerResponse response) {
        Requests.identity(request, Scope.ADMIN);
        JsonArrayBuilder tables = Json.createArrayBuilder();
        registry.all().forEach(entry -> tables.add(json(entry.table())));
        Requests.send(response, Json.createObjectBuilder().add("tables", tables).build());
    }

    /**
     * {@code POST /api/admin/register-table}: 201; 409 if id or name is taken; 422 naming each bad field. With
     * {@code ?dry_run=true} the same but 200, and nothing is written.
     */
    private void register(ServerRequest request, ServerResponse response) {
        Identity identity = Requests.identity(request, Scope.ADMIN);
        boolean dry = Requests.flag(request, "dry_run");
        TableRecord table = table(new Fields(Requests.json(request)), identity.user());
        switch (dry ? tried(table) : registry.register(table)) {
            case TableRegistry.Registration.Registered registered -> {
                response.status(dry ? Status.OK_200 : Status.CREATED_201);
                Requests.send(response, json(table).build());
            }
            case TableRegistry.Registration.Taken taken ->
                throw Problem.of(
                                ProblemCode.TABLE_EXISTS,
                                "The " + taken.field() + " belongs to table " + taken.holder() + ".")
                        .with("field", taken.field())
                        .with("table_id", taken.holder().value());
        }
    }

    /** What registering would come to now. */
    private TableRegistry.Registration tried(TableRecord table) {
        List<TableRecord> known =
                registry.all().stream().map(TableRegistry.Entry::table).toList();
        return taken("id", known, other -> other.id().folded().equals(table.id().folded()))
                .or(() -> taken("name", known, other -> other.name().equals(table.name())))
                .orElseGet(TableRegistry.Registration.Registered::new);
    }

    private static Optional<TableRegistry.Registration> taken(
            String field, List<TableRecord> known, Predicate<TableRecord> same) {
        return known.stream()
                .filter(same)
                .findFirst()
                .map(other -> new TableRegistry.Registration.Taken(field, other.id()));
    }

    private TableRecord table(Fields fields, Name by) {
        String sourceType = fields.required(
                "source_type", text -> Optional.of(text).filter(sourceTypes::contains), "one of " + sourceTypes);
        String bucket = fields.required("bucket", AdminRoutes::label, "1 to 4000 characters");
        String sourceTable = fields.required("source_table", AdminRoutes::label, "1 to 4000 characters");
        Optional<TableId> upstream = TableId.parse(bucket + "." + sourceTable);
        TableId id = fields.optional("id", TableId::parse, TableId.GRAMMAR);
        String name = fields.optional("name", AdminRoutes::label, "1 to 4000 characters");
        String description = fields.optional("description", Optional::of, "text");
        String query = fields.optional("source_query", AdminRoutes::label, "text");
        QueryMode mode = fields.optional("query_mode", QueryMode::parse, "local, materialized or remote");
        boolean allowEmpty = fields.flag("allow_empty");
        if (id == null && upstream.isEmpty()) {
            fields.refuse("id", "is needed, as bucket and source_table do not make one; it is " + TableId.GRAMMAR);
        }
        fields.done();
        TableId key = id == null ? upstream.orElseThrow() : id;
        return new TableRecord(
                key,
                name == null ? key.value() : name,
                description == null ? "" : description,
                requireNonNull(sourceType),
                requireNonNull(bucket),
                requireNonNull(sourceTable),
                query,
                mode == null ? QueryMode.MATERIALIZED : mode,
                allowEmpty,
                by.value(),
                time.now());
    }

    /** {@code POST /api/admin/users}: 201; the user is then a member of exactly these groups; 422. */
    private void putUser(ServerRequest request, ServerResponse response) {
        Requests.identity(request, Scope.ADMIN);
        Fields fields = new Fields(Requests.json(request));
        Name user = fields.required("id", Name::parse, Name.GRAMMAR);
        List<Name> groups = fields.list("groups", Name::parse, Name.GRAMMAR);
        fields.done();
        access.putUser(requireNonNull(user), Set.copyOf(groups), time.now());
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

    private static JsonObjectBuilder json(TableRecord table) {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("id", table.id().value())
                .add("name", table.name())
                .add("description", table.description())
                .add("source_type", table.sourceType())
                .add("bucket", table.bucket())
                .add("source_table", table.sourceTable());
        if (table.sourceQuery() == null) {
            json.addNull("source_query");
        } else {
            json.add("source_query", table.sourceQuery());
        }
        return json.add("query_mode", table.queryMode().text())
                .add("allow_empty", table.allowEmpty())
                .add("registered_by", table.registeredBy())
                .add("registered_at", table.registeredAt().toString());
    }

    private static JsonArrayBuilder names(List<Name> names) {
        return Json.createArrayBuilder(names.stream().map(Name::value).toList());
    }

    private static Optional<String> label(String text) {
        return text.isBlank() || text.chars().anyMatch(Character::isISOControl) ? Optional.empty() : Optional.of(text);
    }
}
