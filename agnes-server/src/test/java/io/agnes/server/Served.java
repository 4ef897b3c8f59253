// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.agnes.core.Secret;
import io.agnes.core.TableId;
import io.agnes.core.sync.ConfiguredSource;
import io.agnes.core.sync.SyncConfig;
import io.agnes.server.access.Name;
import io.agnes.server.access.Scope;
import io.agnes.server.settings.Settings;
import io.agnes.server.settings.Sources;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A server on a free port in a test's directory, with a scripted source, an administrator, an operator, an analyst in
 * the group {@code readers}, and a manual clock.
 */
final class Served implements AutoCloseable {
    static final Instant START = Instant.parse("2026-03-04T05:06:07.890Z");
    static final String SCHEDULER_TOKEN = "0123456789abcdef0123456789abcdef";
    private static final long PATIENCE_NANOS = Duration.ofSeconds(30).toNanos();

    final Path data;
    final ManualTime time = new ManualTime(START);
    final ScriptedSource source = new ScriptedSource();

    /** Every exchange over {@link #wire} is held against the description of the API. */
    final Conformity conformity = new Conformity();

    final AgnesServer server;
    final Wire wire;
    final String admin;
    final String operator;
    final String analyst;

    private Served(Settings settings, Consumer<ScriptedSource> script, ConfiguredSource<?>... more) throws IOException {
        this.data = settings.dataDir();
        script.accept(source);
        List<ConfiguredSource<?>> sources = new ArrayList<>(List.of(more));
        sources.add(source.configured());
        this.server =
                AgnesServer.start(settings.withSources(Sources.of(sources.toArray(ConfiguredSource<?>[]::new))), time);
        this.wire = new Wire(server.address(), conformity::check);
        this.admin = token("ada", Set.of("Admin"), EnumSet.allOf(Scope.class));
        this.operator = token("olga", Set.of(), EnumSet.of(Scope.OPERATE));
        this.analyst = token("anna", Set.of("readers"), EnumSet.of(Scope.READ));
    }

    static Served over(Path data) throws IOException {
        return over(data, SyncConfig.of());
    }

    static Served over(Path data, SyncConfig sync) throws IOException {
        return over(settings(data, sync));
    }

    static Served over(Settings settings) throws IOException {
        return new Served(settings, source -> {});
    }

    /** A server with more sources than the scripted one. */
    static Served over(Path data, ConfiguredSource<?>... more) throws IOException {
        return new Served(settings(data, SyncConfig.of()), source -> {}, more);
    }

    /** @param script defines the source before the start */
    static Served over(Path data, Consumer<ScriptedSource> script) throws IOException {
        return new Served(settings(data, SyncConfig.of()), script);
    }

    /** @param loss the word that accepts a loss of the registry */
    static Served accepting(Path data, String loss) throws IOException {
        return over(settings(data, SyncConfig.of()).withDisk(new Settings.Disk(loss, true)));
    }

    static Settings settings(Path data, SyncConfig sync) {
        return new Settings(
                data, data.resolve("tmp"), "127.0.0.1", 0, Optional.of(Secret.of(SCHEDULER_TOKEN)), sync, Sources.of());
    }

    String token(String user, Set<String> groups, Set<Scope> scopes) {
        return token(user, groups, scopes, null);
    }

    String token(String user, Set<String> groups, Set<Scope> scopes, Instant expires) {
        Name name = new Name(user);
        Set<Name> names = Set.copyOf(groups.stream().map(Name::new).toList());
        server.access().putUser(name, names, name, time.now());
        return server.access()
                .mint(name, scopes, time.now(), expires, new Name("ada"))
                .reveal();
    }

    Reply get(String token, String target, String... headers) throws IOException {
        return as(token, "GET", target, null, headers);
    }

    Reply head(String token, String target, String... headers) throws IOException {
        return as(token, "HEAD", target, null, headers);
    }

    Reply post(String token, String target, String body, String... headers) throws IOException {
        return as(token, "POST", target, body, headers);
    }

    /** @param body null for none */
    Reply as(String token, String method, String target, String body, String... headers) throws IOException {
        String[] all = new String[headers.length + 1];
        all[0] = "Authorization: Bearer " + token;
        System.arraycopy(headers, 0, all, 1, headers.length);
        return wire.sendBody(method, target, body, all);
    }

    /** Registers tables with these ids. */
    Served register(String... ids) throws IOException {
        for (String id : ids) {
            Reply reply = post(admin, "/api/admin/register-table", """
                    {"id": "%s", "source_type": "keboola", "bucket": "in.c-crm", "source_table": "%s"}""".formatted(id, id));
            assertEquals(201, reply.status(), reply.text());
        }
        return this;
    }

    Served grant(String table) {
        server.access().grant(new Name("readers"), new TableId(table), new Name("ada"), time.now());
        return this;
    }

    /** Starts a run and waits for its end. */
    JsonObject sync(String... tables) throws IOException {
        String body = tables.length == 0 ? "null" : "[\"" + String.join("\",\"", tables) + "\"]";
        return ended(started(body));
    }

    /** Triggers a run with this body and returns its id. */
    String started(String body) throws IOException {
        Reply reply = post(operator, "/api/sync/trigger", body);
        assertEquals(200, reply.status(), reply.text());
        return reply.json().getString("run_id");
    }

    /** Polls until the run has ended, and returns it. */
    JsonObject ended(String run) throws IOException {
        long began = System.nanoTime();
        while (System.nanoTime() - began < PATIENCE_NANOS) {
            JsonObject found = get(operator, "/api/sync/runs/" + run).json();
            if (!found.getString("status").equals("running")) {
                return found;
            }
        }
        throw new AssertionError("run " + run + " is at work after " + Duration.ofNanos(PATIENCE_NANOS));
    }

    /** Publishes the rows of the query as the next version of a registered table. */
    void publish(String table, String query) throws IOException {
        source.holds(table, query);
        JsonObject run = sync(table);
        assertEquals("published", outcome(run, table), run.toString());
    }

    static String outcome(JsonObject run, String table) {
        return run.getJsonObject("tables").getJsonObject(table).getString("outcome");
    }

    static String download(String table) {
        return "/api/data/" + table + "/download";
    }

    static String check(String table) {
        return "/api/data/" + table + "/check-access";
    }

    @Override
    public void close() {
        server.close();
    }
}
