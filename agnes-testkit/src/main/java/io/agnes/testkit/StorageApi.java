// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The routes of the Storage API. */
final class StorageApi {
    static final String ROOT = "/v2/storage";
    private static final Pattern BRANCH = Pattern.compile("/v2/storage/branch/(?<branch>[^/]+)(?<rest>/(?!jobs).*)");
    private static final String BRANCHED = ROOT + "/branch/";
    private static final long BRANCH_ID = 123;
    private static final List<String> TAGS = List.of("table-export");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");
    private static final long USUAL_JOBS = 20;
    private static final long USUAL_FILES = 100;
    private static final String PROJECT = "578";
    /** Whose buckets are linked. */
    private static final Map<String, @Nullable Object> OTHER_PROJECT = Json.object("id", 579, "name", "Other");

    private final List<Route> routes = List.of(
            new Route("GET", "/v2/storage/?", Stage.INDEX, this::index),
            new Route("GET", "/v2/storage/tokens/verify", Stage.TOKEN, this::token),
            new Route("GET", "/v2/storage/dev-branches/?", Stage.BRANCHES, this::branches),
            new Route("GET", "/v2/storage/dev-branches/([^/]+)", Stage.BRANCHES, this::branch),
            new Route("GET", "/v2/storage/buckets", Stage.BUCKETS, this::buckets),
            new Route("GET", "/v2/storage/buckets/([^/]+)", Stage.BUCKETS, this::bucket),
            new Route("GET", "/v2/storage/buckets/([^/]+)/tables", Stage.TABLES, this::bucketTables),
            new Route("GET", "/v2/storage/buckets/([^/]+)/metadata", Stage.OTHER, this::bucketMetadata),
            new Route("GET", "/v2/storage/tables", Stage.TABLES, this::tables),
            new Route("GET", "/v2/storage/tables/([^/]+)", Stage.TABLE, this::table),
            new Route("POST", "/v2/storage/tables/([^/]+)/export-async", Stage.EXPORT, this::export),
            new Route("GET", "/v2/storage/tables/([^/]+)/data-preview", Stage.OTHER, this::preview),
            new Route("GET", "/v2/storage/tables/([^/]+)/metadata", Stage.OTHER, this::tableMetadata),
            new Route("GET", "/v2/storage/columns/([^/]+)/metadata", Stage.OTHER, this::columnMetadata),
            new Route("GET", "/v2/storage/jobs", Stage.OTHER, this::jobs),
            new Route("GET", "/v2/storage/jobs/([^/]+)", Stage.JOB_POLL, this::job),
            new Route("GET", "/v2/storage/files", Stage.OTHER, this::files),
            new Route("GET", "/v2/storage/files/([^/]+)", Stage.FILE_DETAIL, this::file),
            new Route("DELETE", "/v2/storage/files/([^/]+)", Stage.FILE_DELETE, this::delete));

    private final Hosts hosts;
    private final String stack;
    private final String token;
    private final Backend backend;
    private final Dialect dialect;
    private final ManualClock clock;
    private final Map<String, FakeTable> tables;
    private final Map<String, Map<String, String>> bucketMetadata;
    private final Exports exports;
    private final Preview preview;
    private final StoreAccess access;

    /**
     * @param tables by id
     * @param bucketMetadata values by key, by bucket
     */
    StorageApi(
            Hosts hosts,
            String token,
            Backend backend,
            Dialect dialect,
            ManualClock clock,
            Map<String, FakeTable> tables,
            Map<String, Map<String, String>> bucketMetadata,
            Exports exports,
            Preview preview,
            StoreAccess access) {
        this.hosts = hosts;
        this.stack = hosts.stack();
        this.bucketMetadata = bucketMetadata;
        this.preview = preview;
        this.token = token;
        this.backend = backend;
        this.dialect = dialect;
        this.clock = clock;
        this.tables = tables;
        this.exports = exports;
        this.access = access;
    }

    interface Handler {
        Answer answer(Request request, String id);
    }

    private record Route(String method, Pattern path, Stage stage, Handler handler) {
        Route(String method, String path, Stage stage, Handler handler) {
            this(method, Pattern.compile(path), stage, handler);
        }
    }

    /** Which step of an export this request is, whatever its outcome. */
    Stage stage(Request request) {
        Route route = route(unbranched(request));
        return route == null ? Stage.OTHER : route.stage;
    }

    Answer answer(Request request) {
        Request plain = unbranched(request);
        Route route = route(plain);
        if (route == null) {
            throw plain.path().startsWith(BRANCHED)
                    ? Refusal.api(404, 404, "Resource not found")
                    : Refusal.notServed(request);
        }
        if (route.stage != Stage.INDEX) {
            authenticate(request);
        }
        Matcher path = route.path.matcher(plain.path());
        return route.handler.answer(
                plain, path.matches() && path.groupCount() > 0 ? Request.decodePath(path.group(1)) : "");
    }

    private @Nullable Route route(Request request) {
        return routes.stream()
                .filter(route -> route.method.equals(request.method()))
                .filter(route -> route.path.matcher(request.path()).matches())
                .findFirst()
                .orElse(null);
    }

    /** The same request without its branch. An unknown branch stays, as do jobs, which have none: both are a 404. */
    private static Request unbranched(Request request) {
        Matcher matcher = BRANCH.matcher(request.path());
        boolean known = matcher.matches() && isKnownBranch(matcher.group("branch"));
        return known ? request.withPath(ROOT + matcher.group("rest")) : request;
    }

    private void authenticate(Request request) {
        String given = request.header("x-storageapi-token");
        String bearer = request.header("authorization");
        if (given == null && bearer != null && bearer.startsWith("Bearer ")) {
            given = bearer.substring("Bearer ".length());
        }
        if (given == null || given.isEmpty()) {
            throw Refusal.api(401, "", "Access token must be set");
        }
        if (!Seal.same(given, token)) {
            throw Refusal.invalidToken();
        }
    }

    private Answer index(Request request, String id) {
        return Answer.json(
                200,
                Json.object(
                        "api",
                        "storage",
                        "version",
                        "v2",
                        "revision",
                        "fake",
                        "documentation",
                        "https://keboola.docs.apiary.io/",
                        "components",
                        List.of(),
                        "services",
                        services(),
                        "features",
                        List.of(),
                        "urlTemplates",
                        Map.of()));
    }

    private List<Map<String, @Nullable Object>> services() {
        List<Map<String, @Nullable Object>> services = new ArrayList<>();
        hosts.services().forEach((id, url) -> services.add(Json.object("id", id, "url", url)));
        return services;
    }

    private Answer token(Request request, String id) {
        return Answer.json(
                200,
                Json.object(
                        "id",
                        "27978",
                        "description",
                        "etl@example.com",
                        "created",
                        PhpTime.write(clock.instant()),
                        "isMasterToken",
                        true,
                        "canManageBuckets",
                        true,
                        "canReadAllFileUploads",
                        true,
                        "expires",
                        null,
                        "isExpired",
                        false,
                        "isDisabled",
                        false,
                        "bucketPermissions",
                        List.of(),
                        "componentAccess",
                        List.of(),
                        "admin",
                        Json.object(
                                "id",
                                59,
                                "name",
                                "Etl",
                                "features",
                                List.of(),
                                "isOrganizationMember",
                                true,
                                "role",
                                "admin"),
                        "organization",
                        Json.object("id", "1"),
                        "owner",
                        owner()));
    }

    private Map<String, @Nullable Object> owner() {
        Map<String, @Nullable Object> limits =
                Json.object("storage.jobsParallelism", Json.object("name", "storage.jobsParallelism", "value", 10));
        return Json.object(
                "id",
                Long.valueOf(PROJECT),
                "name",
                "Fake",
                "type",
                "production",
                "region",
                "local",
                "features",
                List.of(),
                "defaultBackend",
                backendName(),
                "assignedBackends",
                List.of(backendName()),
                "hasSnowflake",
                backend == Backend.SNOWFLAKE,
                "hasBigquery",
                backend == Backend.BIGQUERY,
                "fileStorageProvider",
                provider(),
                "limits",
                limits,
                "isDisabled",
                false);
    }

    private String provider() {
        return switch (dialect) {
            case GOOGLE -> "gcp";
            case AWS -> "aws";
            case AZURE -> "azure";
        };
    }

    private Answer branches(Request request, String id) {
        return Answer.json(200, List.of(mainBranch()));
    }

    private Answer branch(Request request, String id) {
        if (!isKnownBranch(id)) {
            throw Refusal.api(404, 404, "Branch id:\"" + id + "\" was not found");
        }
        return Answer.json(200, mainBranch());
    }

    private static boolean isKnownBranch(String id) {
        return id.equals("default") || id.equals(String.valueOf(BRANCH_ID));
    }

    private Map<String, @Nullable Object> mainBranch() {
        return Json.object(
                "id",
                BRANCH_ID,
                "name",
                "Main",
                "description",
                "",
                "created",
                PhpTime.write(clock.instant()),
                "isDefault",
                true);
    }

    private Answer buckets(Request request, String id) {
        Map<String, Map<String, @Nullable Object>> buckets = new LinkedHashMap<>();
        visible().forEach(table -> buckets.computeIfAbsent(table.bucketId(), this::bucketFields));
        return Answer.json(200, buckets.values());
    }

    private Answer bucket(Request request, String id) {
        requireBucket(id);
        return Answer.json(200, bucketFields(id));
    }

    private void requireBucket(String id) {
        if (visible().stream().noneMatch(table -> table.bucketId().equals(id))) {
            throw Refusal.api(404, "storage.buckets.notFound", "Bucket " + id + " not found");
        }
    }

    private Map<String, @Nullable Object> bucketFields(String id) {
        Map<String, @Nullable Object> fields = ownBucketFields(id);
        visible().stream()
                .filter(table -> table.bucketId().equals(id) && table.linked())
                .map(FakeTable::source)
                .filter(Objects::nonNull)
                .findFirst()
                .ifPresent(source -> link(fields, source));
        return fields;
    }

    private static void link(Map<String, @Nullable Object> fields, FakeTable source) {
        fields.put("isLinkedBucket", true);
        fields.put("isReadOnly", true);
        fields.put(
                "sourceBucket",
                Json.object(
                        "id",
                        source.bucketId(),
                        "name",
                        source.bucketId().substring(source.bucketId().indexOf('.') + 1),
                        "description",
                        "",
                        "project",
                        OTHER_PROJECT));
    }

    private Map<String, @Nullable Object> ownBucketFields(String id) {
        String name = id.substring(id.indexOf('.') + 1);
        List<Content> contents = visible().stream()
                .filter(table -> table.bucketId().equals(id))
                .map(StorageApi::content)
                .toList();
        return Json.object(
                "uri",
                stack + ROOT + "/buckets/" + id,
                "id",
                id,
                "name",
                name,
                "displayName",
                name.replaceFirst("^c-", ""),
                "stage",
                id.substring(0, id.indexOf('.')),
                "description",
                "",
                "backend",
                backendName(),
                "created",
                PhpTime.write(contents.get(0).created()),
                "lastChangeDate",
                PhpTime.write(contents.get(0).lastChange()),
                "isReadOnly",
                false,
                "dataSizeBytes",
                contents.stream().mapToLong(Content::bytes).sum(),
                "rowsCount",
                contents.stream()
                        .map(Content::rows)
                        .filter(Objects::nonNull)
                        .mapToLong(Long::longValue)
                        .sum(),
                "isMaintenance",
                false,
                "sharing",
                null,
                "isLinkedBucket",
                false,
                "backendPath",
                backendPath(id),
                "hasExternalSchema",
                false,
                "metadata",
                told(bucketMetadata.getOrDefault(id, Map.of()), contents.get(0).created()));
    }

    private Answer bucketTables(Request request, String id) {
        requireBucket(id);
        return listed(
                request,
                visible().stream().filter(table -> table.bucketId().equals(id)).toList());
    }

    private Answer tables(Request request, String id) {
        return listed(request, visible());
    }

    private Answer listed(Request request, List<FakeTable> listed) {
        List<String> includes = includes(request);
        return Answer.json(
                200, listed.stream().map(table -> listed(table, includes)).toList());
    }

    private Map<String, @Nullable Object> listed(FakeTable table, List<String> includes) {
        Map<String, @Nullable Object> fields = tableFields(table, content(table));
        dropUnless(includes.contains("columns"), fields, "columns");
        dropUnless(includes.contains("columnMetadata"), fields, "columnMetadata");
        dropUnless(includes.contains("metadata"), fields, "metadata");
        dropUnless(includes.contains("buckets") || includes.contains("bucketsWithoutSourceTables"), fields, "bucket");
        fields.remove("definition");
        includeSource(fields, table, includes);
        return fields;
    }

    private static void dropUnless(boolean wanted, Map<String, @Nullable Object> fields, String name) {
        if (!wanted) {
            fields.remove(name);
        }
    }

    private Answer table(Request request, String id) {
        FakeTable table = existing(id);
        Map<String, @Nullable Object> fields = tableFields(table, content(table));
        includeSource(fields, table, includes(request));
        return Answer.json(200, fields);
    }

    /** What is told of the source of an alias comes on demand, in lists and details. */
    private static void includeSource(Map<String, @Nullable Object> fields, FakeTable table, List<String> includes) {
        FakeTable source = table.source();
        if (source != null
                && includes.contains("sourceMetadata")
                && fields.get("sourceTable") instanceof Map<?, ?> shown) {
            Map<String, @Nullable Object> more = new LinkedHashMap<>();
            shown.forEach((name, value) -> more.put(String.valueOf(name), value));
            more.put("metadata", told(source.metadata(), content(source).created()));
            fields.put("sourceTable", more);
        }
    }

    private static List<String> includes(Request request) {
        String include = request.parameters().getOrDefault("include", "buckets,metadata");
        return List.of(include.split(",", -1));
    }

    private Map<String, @Nullable Object> tableFields(FakeTable table, Content content) {
        Map<String, @Nullable Object> fields = Json.object(
                "uri", stack + ROOT + "/tables/" + table.id(),
                "id", table.id(),
                "name", table.name(),
                "displayName", table.name(),
                "transactional", false,
                "primaryKey", table.primaryKey(),
                "columns", content.columnNames(),
                "created", PhpTime.write(content.created()),
                "lastImportDate", PhpTime.write(content.lastImport()),
                "lastChangeDate", PhpTime.write(content.lastChange()),
                "rowsCount", content.rows(),
                "dataSizeBytes", content.bytes(),
                "isAlias", table.source() != null,
                "isAliasable", table.source() == null,
                "isTyped", content.typed(),
                "timestampType", "MANAGED",
                "tableType", "table");
        FakeTable source = table.source();
        if (source == null) {
            describe(fields, table, content);
        } else {
            fields.put("columnMetadata", List.of());
            fields.put("aliasColumnsAutoSync", true);
            fields.put("sourceTable", sourceTable(source, content, table.linked()));
        }
        fields.put("metadata", told(table.metadata(), content.created()));
        fields.put("bucket", bucketFields(table.bucketId()));
        return fields;
    }

    /** Where its types are: in a definition, in what was said of its columns, or both. */
    private static void describe(Map<String, @Nullable Object> fields, FakeTable table, Content content) {
        if (content.typed()) {
            fields.put("definition", definition(table, content));
        }
        Map<String, @Nullable Object> metadata = columnMetadata(table, content);
        fields.put("columnMetadata", metadata.isEmpty() ? List.of() : metadata);
    }

    private Map<String, @Nullable Object> sourceTable(FakeTable source, Content content, boolean ofAnotherProject) {
        Map<String, @Nullable Object> fields = Json.object(
                "id",
                source.id(),
                "uri",
                stack + ROOT + "/tables/" + source.id(),
                "isAlias",
                false,
                "project",
                ofAnotherProject ? OTHER_PROJECT : Json.object("id", Long.valueOf(PROJECT), "name", "Fake"));
        describe(fields, source, content);
        return fields;
    }

    private static Map<String, @Nullable Object> definition(FakeTable table, Content content) {
        return Json.object(
                "primaryKeysNames", table.primaryKey(),
                "columns",
                        content.columns().stream()
                                .map(column ->
                                        definition(column, !table.primaryKey().contains(column.name())))
                                .toList());
    }

    private static Map<String, @Nullable Object> definition(Column column, boolean nullable) {
        Map<String, @Nullable Object> type = Json.object("type", column.type(), "nullable", nullable);
        if (column.length() != null) {
            type.put("length", column.length());
        }
        return Json.object(
                "name", column.name(), "definition", type, "basetype", column.baseType(), "canBeFiltered", true);
    }

    private static Map<String, @Nullable Object> columnMetadata(FakeTable table, Content content) {
        Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
        for (Column column : content.columns()) {
            List<Map<String, @Nullable Object>> entries = new ArrayList<>();
            String at = PhpTime.write(content.created());
            if (content.typed()) {
                entries.add(metadata("1", "KBC.datatype.type", column.type(), "storage", at));
                entries.add(metadata("2", "KBC.datatype.nullable", "1", "storage", at));
                entries.add(metadata("3", "KBC.datatype.basetype", column.baseType(), "storage", at));
            }
            for (Map.Entry<String, String> told : table.metadata(column.name()).entrySet()) {
                String id = String.valueOf(entries.size() + 1);
                entries.add(metadata(id, told.getKey(), told.getValue(), "user", at));
            }
            if (!entries.isEmpty()) {
                metadata.put(column.name(), entries);
            }
        }
        return metadata;
    }

    private static List<Map<String, @Nullable Object>> told(Map<String, String> metadata, Instant since) {
        List<Map<String, @Nullable Object>> entries = new ArrayList<>();
        metadata.forEach((key, value) ->
                entries.add(metadata(String.valueOf(entries.size() + 1), key, value, "user", PhpTime.write(since))));
        return entries;
    }

    private Answer bucketMetadata(Request request, String id) {
        requireBucket(id);
        return Answer.json(200, bucketFields(id).get("metadata"));
    }

    private Answer tableMetadata(Request request, String id) {
        FakeTable table = existing(id);
        return Answer.json(200, told(table.metadata(), content(table).created()));
    }

    /** @param id of the table, a dot, and the column */
    private Answer columnMetadata(Request request, String id) {
        int dot = id.lastIndexOf('.');
        FakeTable table = existing(id.substring(0, Math.max(0, dot)));
        Content content = content(table);
        String column = id.substring(dot + 1);
        if (content.column(column) == null) {
            throw Refusal.api(404, "storage.columns.notFound", "Column \"" + column + "\" not found");
        }
        return Answer.json(200, columnMetadata(table, content).getOrDefault(column, List.of()));
    }

    private Answer preview(Request request, String id) {
        return preview.answer(content(existing(id)), request.query(), clock.instant());
    }

    private static Map<String, @Nullable Object> metadata(
            String id, String key, String value, String provider, String at) {
        return Json.object("id", id, "key", key, "value", value, "provider", provider, "timestamp", at);
    }

    private Answer export(Request request, String id) {
        FakeTable table = existing(id);
        Content content = content(table);
        ExportParams params = new ExportParams.Reader(body(request), content, backend, clock.instant()).read();
        Job job = exports.start(table, content, params, request.header("x-kbc-runid"));
        return Answer.json(202, job.accepted(stack));
    }

    /** The request as a stack reads it that knows of no filter. */
    static Request withoutFilters(Request request) {
        Map<String, @Nullable Object> all = body(request);
        Map<String, @Nullable Object> kept = new LinkedHashMap<>();
        for (String name : List.of("columns", "fileType", "gzip")) {
            if (all.containsKey(name)) {
                kept.put(name, all.get(name));
            }
        }
        return request.withJson(Json.write(kept));
    }

    @SuppressWarnings("unchecked") // the keys of a JSON object are strings
    private static Map<String, @Nullable Object> body(Request request) {
        String type = request.header("content-type");
        if (type != null && type.startsWith("application/x-www-form-urlencoded")) {
            return PhpForm.read(request.body());
        }
        if (request.body().isBlank()) {
            return Json.object();
        }
        try {
            Object body = Json.read(request.body());
            return body instanceof Map<?, ?> ? (Map<String, @Nullable Object>) body : Json.object();
        } catch (IllegalArgumentException e) {
            throw Refusal.api(400, "storage.request.invalidJson", "Request body is not valid JSON");
        }
    }

    private Answer jobs(Request request, String id) {
        return Answer.json(
                200,
                page(request, USUAL_JOBS, exports.jobs())
                        .map(job -> job.listed(stack))
                        .toList());
    }

    private static <T> Stream<T> page(Request request, long usual, List<T> all) {
        return all.stream().skip(number(request, "offset", 0)).limit(number(request, "limit", usual));
    }

    private static long number(Request request, String parameter, long usual) {
        String text = request.parameters().get(parameter);
        if (text == null) {
            return usual;
        }
        if (!NUMBER.matcher(text).matches()) {
            throw Refusal.invalid("Parameter \"" + parameter + "\" must be a number, got \"" + text + "\"");
        }
        return Long.parseLong(text);
    }

    /** @return -1, which nothing has, if it is no number */
    private static long number(String id) {
        return NUMBER.matcher(id).matches() ? Long.parseLong(id) : -1;
    }

    private Answer job(Request request, String id) {
        Job job = exports.job(number(id));
        if (job == null) {
            throw Refusal.api(404, "storage.jobs.notFound", "Job \"" + id + "\" not found");
        }
        return Answer.json(200, job.poll(stack));
    }

    private Answer files(Request request, String id) {
        long above = number(request, "sinceId", 0);
        long below = number(request, "maxId", Long.MAX_VALUE);
        List<?> tags =
                PhpForm.read(request.query() == null ? "" : request.query()).get("tags") instanceof List<?> asked
                        ? asked
                        : List.of();
        List<StoredFile> chosen = exports.files().stream()
                .filter(file -> file.id() > above && file.id() < below)
                .filter(file -> TAGS.containsAll(tags))
                .toList();
        return Answer.json(
                200,
                page(request, USUAL_FILES, chosen)
                        .map(file -> fileFields(file, false))
                        .toList());
    }

    private Answer file(Request request, String id) {
        StoredFile file = exports.file(number(id));
        if (file == null) {
            throw fileNotFound(id);
        }
        boolean credentials = List.of("1", "true").contains(request.parameters().getOrDefault("federationToken", ""));
        return Answer.json(200, fileFields(file, credentials));
    }

    private Map<String, @Nullable Object> fileFields(StoredFile file, boolean credentials) {
        Map<String, @Nullable Object> fields = Json.object(
                "id", file.id(),
                "created", PhpTime.write(file.created()),
                "name", file.name(),
                "fileType", file.fileType(),
                "sizeBytes", file.sliceBytes(),
                "tags", TAGS,
                "maxAgeDays", 2,
                "isPublic", false,
                "isSliced", file.sliced(),
                "runId", file.runId(),
                "runIds", file.runId() == null ? List.of() : List.of(file.runId()),
                "creatorToken", FakeKeboola.creator());
        fields.putAll(access.describe(file, credentials));
        return fields;
    }

    private Answer delete(Request request, String id) {
        Job job = exports.delete(number(id));
        if (job == null) {
            throw fileNotFound(id);
        }
        return request.parameters().containsKey("async") ? Answer.json(202, job.accepted(stack)) : Answer.empty(204);
    }

    private static Refusal fileNotFound(String id) {
        return Refusal.api(404, "storage.files.notFound", "File with id " + id + " not found");
    }

    private FakeTable existing(String id) {
        FakeTable table = tables.get(id);
        if (table == null || table.contentOrNull() == null) {
            int dot = id.lastIndexOf('.');
            String name = id.substring(dot + 1);
            String bucket = dot < 0 ? "" : id.substring(0, dot);
            throw Refusal.api(
                    404,
                    "storage.tables.notFound",
                    "The table \"" + name + "\" was not found in the bucket \"" + bucket + "\" in the project \""
                            + PROJECT + "\"");
        }
        return table;
    }

    private static Content content(FakeTable table) {
        Content content = table.contentOrNull();
        if (content == null) {
            throw Refusal.api(404, "storage.tables.notFound", "The table was just dropped");
        }
        return content;
    }

    private List<FakeTable> visible() {
        Collection<FakeTable> all = tables.values();
        return all.stream().filter(table -> table.contentOrNull() != null).toList();
    }

    private String backendName() {
        return switch (backend) {
            case SNOWFLAKE -> "snowflake";
            case BIGQUERY -> "bigquery";
        };
    }

    private static List<String> backendPath(String bucket) {
        return List.of("KBC_" + PROJECT, bucket);
    }
}
