// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import io.agnes.core.AgnesException;
import io.agnes.core.Time;
import io.agnes.core.file.DataDirectory;
import io.agnes.core.file.DiskSpace;
import io.agnes.core.file.FileStore;
import io.agnes.core.file.Scratch;
import io.agnes.core.sync.ConfiguredSource;
import io.agnes.core.sync.Discovery;
import io.agnes.core.sync.DiscoverySource;
import io.agnes.core.sync.DueTables;
import io.agnes.core.sync.RunLog;
import io.agnes.core.sync.RunOwner;
import io.agnes.core.sync.ScheduleState;
import io.agnes.core.sync.Scheduler;
import io.agnes.core.sync.SchedulerConfig;
import io.agnes.core.sync.SourceEnvironment;
import io.agnes.core.sync.SourceType;
import io.agnes.core.sync.SyncEngine;
import io.agnes.core.sync.SyncRun;
import io.agnes.core.sync.TablePublisher;
import io.agnes.core.sync.TableSource;
import io.agnes.core.table.FieldIdRegistry;
import io.agnes.core.table.TableRegistry;
import io.agnes.core.table.TableSchedules;
import io.agnes.core.version.DirectoryVersions;
import io.agnes.core.version.VersionStore;
import io.agnes.server.access.AccessStore;
import io.agnes.server.access.ClientAddress;
import io.agnes.server.access.TokenProvider;
import io.agnes.server.audit.Audit;
import io.agnes.server.audit.AuditAction;
import io.agnes.server.audit.Origin;
import io.agnes.server.audit.Usage;
import io.agnes.server.backup.Backups;
import io.agnes.server.connection.Connections;
import io.agnes.server.connection.Limits;
import io.agnes.server.metadata.MetadataSchedule;
import io.agnes.server.metadata.RemoteMetadata;
import io.agnes.server.profile.DuckDbProfiler;
import io.agnes.server.registry.Database;
import io.agnes.server.registry.RecoveryOptions;
import io.agnes.server.registry.RegistryAccess;
import io.agnes.server.registry.RegistryAudit;
import io.agnes.server.registry.RegistryFieldIds;
import io.agnes.server.registry.RegistryMetadataCache;
import io.agnes.server.registry.RegistryRuns;
import io.agnes.server.registry.RegistryTables;
import io.agnes.server.registry.RegistryUsage;
import io.agnes.server.route.Routes;
import io.agnes.server.route.Services;
import io.agnes.server.settings.Settings;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The Agnes server: it opens the data directory, the registry, the sync engine and the HTTP listener, and connects
 * them. Closing ends all work and releases the resources in the reverse order of opening.
 */
public final class AgnesServer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(AgnesServer.class.getName());
    /** One process owns the data directory, so all its runs have the same owner. */
    private static final RunOwner OWNER = new RunOwner("server");

    /**
     * How many recent runs are searched for interrupted ones. Runs do not overlap, so the run that a crash interrupted
     * is the newest one, except for runs that were interrupted right after a start.
     */
    private static final int RUNS_TO_LOOK_AT = 20;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final Settings settings;
    private final AccessStore access;
    private final Web web;

    private AgnesServer(Settings settings, FileStore files, Time time, Consumer<AgnesException> lost)
            throws IOException {
        this.settings = settings;
        boolean started = false;
        try {
            Limits limits = Web.limits(settings);
            requireFreePort(settings);
            DataDirectory directory = open(DataDirectory.open(files, settings.dataDir()));
            Path data = directory.root();
            Scratch scratch = directory.scratch(settings.tempDir());
            requireOneFileSystem(scratch.root(), data);
            DirectoryModes.tighten(data, scratch.root(), settings.files());
            VersionStore versions =
                    new DirectoryVersions(files, data, settings.disk().plainNames());
            Database database = open(Database.open(
                    data.resolve("registry.duckdb"), scratch.root(), recovery(settings, versions), time, lost::accept));
            TableRegistry tables = new RegistryTables(database);
            FieldIdRegistry fieldIds = new RegistryFieldIds(database);
            RegistryRuns runs = new RegistryRuns(database);
            this.access = new RegistryAccess(database);
            Audit audit = open(new Audit(RegistryAudit.of(database), database.origins(), time));
            recordStartAndStop(audit);
            Usage usage = open(new Usage(new RegistryUsage(database), time));
            runs.interruptLeftovers(OWNER, time.now());
            DuckDbProfiler profiler = new DuckDbProfiler(scratch.root());
            TablePublisher publisher =
                    new TablePublisher(versions, scratch, tables, fieldIds, Optional.of(profiler), time);
            publisher.sweep(interrupted(runs));
            List<TableSource> sources = openSources(new SourceEnvironment(files, data, time, fieldIds));
            Discovery discovery = new Discovery(tables, listing(sources), time);
            RemoteMetadata metadata =
                    open(RemoteMetadata.of(settings.sources(), tables, new RegistryMetadataCache(database), time));
            SyncEngine engine =
                    open(new SyncEngine(settings.sync(), OWNER, tables, runs, publisher, sources, discovery, time));
            SourceWatch watch = open(SourceWatch.start(engine, remoteTypes(), time));
            Backups backups = new Backups(database, scratch, DiskSpace.system(), time);
            Connections connections = open(new Connections(limits, time));
            Routes routes = new Routes(new Services(
                    tables,
                    access,
                    audit,
                    usage,
                    runs,
                    engine,
                    publisher,
                    discovery,
                    metadata,
                    backups,
                    data,
                    settings.sources(),
                    version(),
                    database::schema,
                    watch::states,
                    limits,
                    time));
            TokenProvider tokens = new TokenProvider(
                    access, settings.schedulerToken(), usage, new ClientAddress(limits.trustedHops()), time);
            this.web = open(new Web(settings, limits, connections, routes, tokens, lost, time));
            settings.scheduler().ifPresent(config -> schedule(config, tables, runs, engine, metadata, time));
            tellStart(data);
            started = true;
        } finally {
            if (!started) {
                closeAll();
            }
        }
    }

    /**
     * Starts a server, which listens when this returns. If the start fails, nothing keeps running and all resources are
     * released.
     */
    public static AgnesServer start(Settings settings, Time time) throws IOException {
        return start(settings, time, failure -> {});
    }

    /**
     * Starts a server, which listens when this returns.
     *
     * @param lost receives the failure when the registry cannot be opened again or the port stops accepting
     *     connections; the server cannot work after that
     */
    public static AgnesServer start(Settings settings, Time time, Consumer<AgnesException> lost) throws IOException {
        return new AgnesServer(settings, disk(settings), time, lost);
    }

    /** Starts a server that writes its files through the given store. */
    static AgnesServer start(Settings settings, FileStore files, Time time) throws IOException {
        return new AgnesServer(settings, files, time, failure -> {});
    }

    private static FileStore disk(Settings settings) {
        return FileStore.system(settings.files());
    }

    private void tellStart(Path data) throws IOException {
        LOG.log(
                System.Logger.Level.INFO,
                "agnes " + version() + " started: address=" + address() + " data_directory=" + data + addresses());
        if (!InetAddress.getByName(settings.host()).isLoopbackAddress()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "address=" + address() + " is open to other machines: tokens and tables travel in plain HTTP."
                            + " Listen on 127.0.0.1 behind a proxy that encrypts, such as the Caddyfile's");
        }
        opened.push(() -> LOG.log(System.Logger.Level.INFO, "agnes " + version() + " stops: address=" + address()));
    }

    private void recordStartAndStop(Audit audit) {
        audit.done(Origin.SERVER, AuditAction.SERVER_STARTED, version());
        tellAuditHead(audit);
        opened.push(() -> {
            audit.done(Origin.SERVER, AuditAction.SERVER_STOPPED, version());
            tellAuditHead(audit);
        });
    }

    /** A log that is kept elsewhere proves later that no record before this one was changed. */
    private static void tellAuditHead(Audit audit) {
        LOG.log(System.Logger.Level.INFO, "audit: head=" + audit.store().head());
    }

    /**
     * The addresses of the sources as text, for example {@code  keboola=https://connection.keboola.com}. Sources
     * without an address are left out.
     */
    private String addresses() {
        return settings.sources().configured().stream()
                .filter(source -> !source.address().isEmpty())
                .map(source -> " " + source.type().name() + "=" + source.address())
                .collect(Collectors.joining());
    }

    private List<TableSource> openSources(SourceEnvironment environment) throws IOException {
        List<TableSource> sources = new ArrayList<>();
        for (ConfiguredSource<?> source : settings.sources().configured()) {
            sources.add(open(source.open(environment)));
        }
        return sources;
    }

    private List<String> remoteTypes() {
        return settings.sources().configured().stream()
                .map(ConfiguredSource::type)
                .filter(SourceType::remote)
                .<String>map(SourceType::name)
                .toList();
    }

    private static List<DiscoverySource> listing(List<TableSource> sources) {
        return sources.stream()
                .filter(DiscoverySource.class::isInstance)
                .map(DiscoverySource.class::cast)
                .toList();
    }

    private void schedule(
            SchedulerConfig config,
            TableRegistry tables,
            ScheduleState state,
            SyncEngine engine,
            RemoteMetadata metadata,
            Time time) {
        TableSchedules schedules = table -> Optional.ofNullable(table.schedule());
        DueTables due = new DueTables(tables, schedules, state, config.defaultSchedule());
        Optional<Runnable> refresh = metadata.refresh().map(MetadataSchedule::new);
        SchedulerConfig all = refresh.isPresent() && metadata.interval().isPositive()
                ? config.withMetadataInterval(metadata.interval())
                : config;
        open(new Scheduler(all, due, engine::trigger, refresh.orElse(() -> {}), time))
                .start();
    }

    private static RecoveryOptions recovery(Settings settings, VersionStore versions) throws IOException {
        return new RecoveryOptions(!versions.isEmpty(), settings.disk().acceptedLoss());
    }

    /** The interrupted runs among the {@link #RUNS_TO_LOOK_AT} newest ones. */
    private static List<SyncRun> interrupted(RunLog runs) {
        return runs.newest(Optional.empty(), RUNS_TO_LOOK_AT).stream()
                .filter(run -> run.status() == SyncRun.Status.INTERRUPTED)
                .toList();
    }

    /** Checks the port before anything is written, so that a start that cannot listen leaves no directory behind. */
    private static void requireFreePort(Settings settings) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(InetAddress.getByName(settings.host()), settings.port()));
        } catch (IOException e) {
            throw ServerException.portInUse(settings.host(), settings.port(), e);
        }
    }

    private static void requireOneFileSystem(Path temp, Path data) throws IOException {
        if (!Files.getFileStore(temp).equals(Files.getFileStore(data))) {
            throw ServerException.otherFileSystem(temp.toString(), data.toString());
        }
    }

    private <T extends AutoCloseable> T open(T resource) {
        opened.push(resource);
        return resource;
    }

    /** The version of Agnes from the module descriptor; {@code unknown} without one. */
    public static String version() {
        ModuleDescriptor module = AgnesServer.class.getModule().getDescriptor();
        return module == null ? "unknown" : module.rawVersion().orElse("unknown");
    }

    /** The address on which the server listens. */
    public URI address() {
        return URI.create("http://" + settings.host() + ":" + web.port());
    }

    /** The users, grants and tokens, for commands that run in this process. */
    public AccessStore access() {
        return access;
    }

    /** Waits up to ten seconds for open requests, cancels the current run, and releases all resources. */
    @Override
    public void close() {
        if (!opened.isEmpty()) {
            closeAll();
            LOG.log(System.Logger.Level.INFO, "agnes " + version() + " stopped");
        }
    }

    private void closeAll() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                LOG.log(System.Logger.Level.WARNING, "while closing", e);
            }
        }
    }
}
