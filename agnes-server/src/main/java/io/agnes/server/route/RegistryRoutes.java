// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.core.AgnesException;
import io.agnes.core.TableId;
import io.agnes.core.Time;
import io.agnes.core.sync.Discovery;
import io.agnes.core.sync.FieldProblem;
import io.agnes.core.sync.SyncEngine;
import io.agnes.core.sync.TablePublisher;
import io.agnes.core.table.ColumnTypes;
import io.agnes.core.table.EmptyAsNull;
import io.agnes.core.table.QueryMode;
import io.agnes.core.table.Schedule;
import io.agnes.core.table.TableRecord;
import io.agnes.core.table.TableRegistry;
import io.agnes.server.access.Identity;
import io.agnes.server.access.Name;
import io.agnes.server.access.Scope;
import io.agnes.server.api.ProblemCode;
import io.agnes.server.audit.Audit;
import io.agnes.server.audit.AuditAction;
import io.agnes.server.settings.Sources;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** {@code /api/admin}: which tables there are. Needs the scope {@code admin} throughout. */
final class RegistryRoutes {
    private static final String ID_GRAMMAR = TableId.GRAMMAR + " and no .parquet last";
    private static final String ID_NEEDED =
            "is needed, as bucket and source_table do not make one; it is " + ID_GRAMMAR;
    /** Stands for an id until one is known. */
    private static final TableId NO_ID = new TableId("_");

    private static final String SCHEDULES =
            "every Nm, every Nh, 0, daily HH:MM[,HH:MM], or cron and five fields; all in UTC";
    private static final String NOT_REGISTERED = " Nothing was registered; ?check=false registers without asking.";
    private static final String NOT_CHANGED = " Nothing was changed; ?check=false changes without asking.";
    private static final String LABEL = "1 to " + BodyFields.LONGEST_TEXT + " characters";

    private final TableRegistry registry;
    private final TablePublisher publisher;
    private final Sources sources;
    private final SyncEngine engine;
    private final Discovery discovery;
    private final Audit audit;
    private final Time time;

    /**
     * @param sources the types that tables can be registered with
     * @param engine knows the sources that can be asked
     * @param discovery over the sources that can list their tables
     */
    RegistryRoutes(
            TableRegistry registry,
            TablePublisher publisher,
            Sources sources,
            SyncEngine engine,
            Discovery discovery,
            Audit audit,
            Time time) {
        this.registry = registry;
        this.publisher = publisher;
        this.sources = sources;
        this.engine = engine;
        this.discovery = discovery;
        this.audit = audit;
        this.time = time;
    }

    List<Route> routes() {
        return List.of(
                new Route(RegistryApi.ALL, this::list),
                new Route(RegistryApi.ONE, this::one),
                new Route(RegistryApi.CHANGE, this::change),
                new Route(RegistryApi.REMOVE, this::remove),
                new Route(RegistryApi.REGISTER, this::register),
                new Route(RegistryApi.DISCOVER, this::discover));
    }

    /** {@code GET /api/admin/registry}: 200 with every table. */
    private void list(ServerRequest request, ServerResponse response) {
        JsonArrayBuilder tables = Json.createArrayBuilder();
        registry.all().forEach(entry -> tables.add(TableJson.of(entry.table())));
        Requests.send(
                request,
                response,
                Json.createObjectBuilder().add("tables", tables).build());
    }

    /** {@code GET /api/admin/registry/{id}}: 200 with the {@code ETag} that a change is made on condition of; 404. */
    private void one(ServerRequest request, ServerResponse response) {
        send(request, response, registered(request));
    }

    /**
     * {@code POST /api/admin/register-table}: 201; 409 if id or name is taken; 422 naming each bad field. The source is
     * asked first: 422 if it has no such table or cannot bring it so, 502 if it cannot tell now, both with its own
     * {@code source_code}, and nothing is registered. {@code ?check=false} does not ask it. With {@code ?dry_run=true} the
     * same but 200, and nothing is written.
     */
    private void register(ServerRequest request, ServerResponse response) throws InterruptedException {
        Identity identity = Requests.identity(request, Scope.ADMIN);
        boolean dry = Requests.flag(request, "dry_run");
        boolean check = Requests.flag(request, "check", true);
        TableRecord table = table(new BodyFields(Requests.json(request)), identity.user());
        if (tried(table) instanceof TableRegistry.Registration.Taken taken) {
            throw taken(taken.field(), taken.holder());
        }
        if (check) {
            ask(table, dry ? "" : NOT_REGISTERED);
        }
        switch (dry ? tried(table) : registry.register(table)) {
            case TableRegistry.Registration.Registered registered -> {
                response.status(dry ? Status.OK_200 : Status.CREATED_201);
                send(request, response, table);
            }
            case TableRegistry.Registration.Taken taken -> throw taken(taken.field(), taken.holder());
        }
    }

    /** @param consequence what the caller should know if the source does not say yes */
    private void ask(TableRecord table, String consequence) throws InterruptedException {
        try {
            engine.check(table);
        } catch (AgnesException e) {
            ProblemCode code = switch (e.kind()) {
                case REQUEST, SOURCE_FINAL -> ProblemCode.VALIDATION_FAILED;
                case SOURCE_PASSING, LIMIT -> ProblemCode.SOURCE_FAILED;
            };
            throw Problem.of(code, e.getMessage() + consequence).with("source_code", e.code());
        }
    }

    /** What registering would come to now. */
    private TableRegistry.Registration tried(TableRecord table) {
        List<TableRecord> known = records();
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

    private static Problem taken(String field, TableId holder) {
        return Problem.of(ProblemCode.TABLE_EXISTS, "The " + field + " belongs to table " + holder + ".")
                .with("field", field)
                .with("table_id", holder.value());
    }

    private TableRecord table(BodyFields fields, Name by) {
        String sourceType = fields.required("source_type", this::sourceType, sourceTypes());
        String bucket = fields.optional("bucket", RegistryRoutes::label, LABEL);
        String sourceTable = fields.optional("source_table", RegistryRoutes::label, LABEL);
        Instant now = time.now();
        TableRecord place = placed(TableRecord.builder(NO_ID, sourceType == null ? "" : sourceType)
                .bucket(bucket == null ? "" : bucket)
                .sourceTable(sourceTable == null ? "" : sourceTable)
                .registered(by.value(), now)
                .build());
        TableId sent = fields.optional("id", RegistryRoutes::tableId, ID_GRAMMAR);
        TableRecord blank = TableRecord.builder(sent == null ? joined(place) : sent, place.sourceType())
                .bucket(place.bucket())
                .sourceTable(place.sourceTable())
                .registered(by.value(), now)
                .build();
        TableRecord table = described(blank, fields, 1, now);
        boolean placeSent = fields.has("bucket") || fields.has("source_table");
        boolean valid = requireValid(table, fields);
        if (sent == null && table.id().equals(NO_ID) && (valid || !placeSent || hasPlace(place))) {
            fields.refuse("id", ID_NEEDED);
        }
        fields.done();
        return table;
    }

    /** Bucket and source table joined by a dot; {@link #NO_ID} if they do not make an id. */
    private static TableId joined(TableRecord place) {
        return hasPlace(place)
                ? tableId(place.bucket() + "." + place.sourceTable()).orElse(NO_ID)
                : NO_ID;
    }

    private static boolean hasPlace(TableRecord table) {
        return !table.bucket().isEmpty() && !table.sourceTable().isEmpty();
    }

    /**
     * {@code PUT /api/admin/registry/{id}}: 200; only the fields that are sent change, and null clears one; 404; 409 if the
     * name is taken; 412 if the table is not as {@code If-Match} says; 422 naming each bad field. If it is to be brought
     * from elsewhere or otherwise, the source is asked first, as when registering; {@code ?check=false} does not ask it.
     */
    private void change(ServerRequest request, ServerResponse response) throws InterruptedException {
        TableRecord before = registered(request);
        requireMatch(request, before);
        boolean check = Requests.flag(request, "check", true);
        BodyFields fields = new BodyFields(Requests.json(request));
        TableRecord placed = before.toBuilder()
                .sourceType(changed(fields, "source_type", this::sourceType, sourceTypes(), before.sourceType()))
                .bucket(changed(fields, "bucket", RegistryRoutes::label, LABEL, before.bucket()))
                .sourceTable(changed(fields, "source_table", RegistryRoutes::label, LABEL, before.sourceTable()))
                .build();
        TableRecord after = placed(described(placed, fields, before.revision() + 1, time.now()));
        requireValid(after, fields);
        fields.done();
        if (check && !broughtAlike(before, after)) {
            ask(after, NOT_CHANGED);
        }
        switch (registry.update(after)) {
            case TableRegistry.Change.Changed changed -> send(request, response, after);
            case TableRegistry.Change.NameTaken taken -> throw taken("name", taken.holder());
            case TableRegistry.Change.Outdated outdated -> throw outdated();
        }
    }

    private static boolean broughtAlike(TableRecord before, TableRecord after) {
        return before.sourceType().equals(after.sourceType())
                && before.bucket().equals(after.bucket())
                && before.sourceTable().equals(after.sourceTable())
                && before.queryMode() == after.queryMode()
                && Objects.equals(before.sourceQuery(), after.sourceQuery());
    }

    /** The fields that registering and changing have alike; one that is not sent stays what it is. */
    private static TableRecord described(TableRecord table, BodyFields fields, long revision, Instant now) {
        return table.toBuilder()
                .name(changed(fields, "name", RegistryRoutes::label, LABEL, table.name()))
                .description(changed(fields, "description", Optional::of, "text", table.description()))
                .folder(changed(fields, "folder", Optional::of, "text", table.folder()))
                .sourceQuery(cleared(fields, "source_query", RegistryRoutes::label, "text", table.sourceQuery()))
                .queryMode(changed(
                        fields, "query_mode", QueryMode::parse, "local, materialized or remote", table.queryMode()))
                .schedule(cleared(fields, "schedule", RegistryRoutes::schedule, SCHEDULES, table.schedule()))
                .columnTypes(cleared(fields, "column_types", ColumnTypes::parse, "auto or as_is", table.columnTypes()))
                .emptyAsNull(cleared(fields, "empty_as_null", EmptyAsNull::parse, "auto or never", table.emptyAsNull()))
                .allowEmpty(fields.has("allow_empty") ? fields.flag("allow_empty") : table.allowEmpty())
                .primaryKey(
                        fields.has("primary_key")
                                ? fields.list("primary_key", RegistryRoutes::label, "the name of a column")
                                : table.primaryKey())
                .profile(fields.has("profile") ? fields.flag("profile") : table.profile())
                .revision(revision, now)
                .build();
    }

    private TableRecord placed(TableRecord table) {
        return sources.type(table).map(type -> type.placed(table)).orElse(table);
    }

    /** Refuses what the source cannot use, together with the other fields. Returns whether it can use all of it. */
    private boolean requireValid(TableRecord table, BodyFields fields) {
        List<FieldProblem> problems =
                sources.type(table).map(type -> type.problems(table)).orElse(List.of());
        problems.forEach(problem -> fields.refuse(problem.field().text(), problem.reason()));
        return problems.isEmpty();
    }

    private static Optional<Schedule> schedule(String text) {
        try {
            return Optional.of(Schedule.parse(text));
        } catch (AgnesException notASchedule) {
            return Optional.empty();
        }
    }

    private static <T> T changed(
            BodyFields fields, String field, Function<String, Optional<T>> parser, String expected, T before) {
        T sent = fields.optional(field, parser, expected);
        return sent == null ? before : sent;
    }

    /** A field that null empties. */
    private static <T> @Nullable T cleared(
            BodyFields fields,
            String field,
            Function<String, Optional<T>> parser,
            String expected,
            @Nullable T before) {
        return fields.has(field) ? fields.optional(field, parser, expected) : before;
    }

    /**
     * {@code DELETE /api/admin/registry/{id}}: 204 once versions, state and grants are gone with it; 404; 412 if the table
     * is not as {@code If-Match} says.
     */
    private void remove(ServerRequest request, ServerResponse response) throws IOException {
        TableRecord table = registered(request);
        requireMatch(request, table);
        registry.remove(table.id());
        publisher.remove(table);
        response.status(Status.NO_CONTENT_204).send();
    }

    /**
     * {@code POST /api/admin/discover-and-register}: 200 with what was registered, skipped and why. No row is ever
     * overwritten. With {@code ?dry_run=true} nothing is written and {@code would_register} tells what would be.
     */
    private void discover(ServerRequest request, ServerResponse response) throws IOException, InterruptedException {
        Identity identity = Requests.identity(request, Scope.ADMIN);
        boolean dry = Requests.flag(request, "dry_run");
        List<Discovery.Result> results = discovery.run(dry, identity.user().value());
        if (!dry) {
            audit.done(AuditAction.TABLES_DISCOVERED, registered(results) + " tables");
        }
        Requests.send(request, response, DiscoveryJson.of(results, dry));
    }

    private static long registered(List<Discovery.Result> results) {
        return results.stream()
                .filter(Discovery.Result.Asked.class::isInstance)
                .mapToLong(
                        asked -> ((Discovery.Result.Asked) asked).registered().size())
                .sum();
    }

    private List<TableRecord> records() {
        return registry.all().stream().map(TableRegistry.Entry::table).toList();
    }

    private TableRecord registered(ServerRequest request) {
        return registry.find(Requests.tableId(request))
                .map(TableRegistry.Entry::table)
                .orElseThrow(() -> Problem.of(ProblemCode.TABLE_NOT_FOUND, "There is no such table."));
    }

    private static void requireMatch(ServerRequest request, TableRecord table) {
        boolean conditional = request.headers().contains(HeaderNames.IF_MATCH);
        if (conditional && !request.headers().get(HeaderNames.IF_MATCH).get().equals(TableJson.etag(table))) {
            throw outdated();
        }
    }

    private static Problem outdated() {
        return Problem.of(ProblemCode.PRECONDITION_FAILED, "Somebody else has changed the table meanwhile.");
    }

    private static void send(ServerRequest request, ServerResponse response, TableRecord table) {
        response.headers().set(HeaderNames.ETAG, TableJson.etag(table));
        Requests.send(request, response, TableJson.of(table).build());
    }

    private Optional<String> sourceType(String text) {
        return Optional.of(text).filter(name -> sources.type(name).isPresent());
    }

    private String sourceTypes() {
        return "one of " + String.join(", ", sources.names());
    }

    /** A table called {@code orders.parquet} would stand where the plain file of table {@code orders} does. */
    private static Optional<TableId> tableId(String text) {
        return TableId.parse(text).filter(id -> !id.folded().endsWith(".parquet"));
    }

    private static Optional<String> label(String text) {
        return text.isBlank() || text.chars().anyMatch(Character::isISOControl) ? Optional.empty() : Optional.of(text);
    }
}
