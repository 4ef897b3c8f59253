// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Runs exports and keeps their jobs and files. Beyond the limits it drops the oldest and deletes their data. */
final class ExportJobs {
    static final int MAX_JOBS = 10_000;
    static final int MAX_FILES = 1_000;
    /** The number of slices of all files together; the newest file is kept even if it has more. */
    static final int MAX_SLICES = 20_000;

    private final Warehouse warehouse;
    private final SliceWriter writer;
    private final ExportStore store;
    private final StoreProtocol protocol;
    private final Backend backend;
    private final ManualClock clock;
    private final Path directory;
    private final String namePrefix;
    private final JobDuration usual;
    private final SequencedMap<Long, FakeJob> jobs = new LinkedHashMap<>();
    private final SequencedMap<Long, FakeFile> files = new LinkedHashMap<>();
    private final Map<String, CacheEntry> cache = new LinkedHashMap<>();
    private final Deque<Script> scripted = new ArrayDeque<>();
    private long slices;
    private long lastJob = 700_000_000;
    private long lastFile = 987_654_000;

    private record CacheEntry(long fileId, Future<FakeFile> export) {}

    ExportJobs(
            Warehouse warehouse,
            SliceWriter writer,
            ExportStore store,
            StoreProtocol protocol,
            Backend backend,
            ManualClock clock,
            Path directory,
            String namePrefix,
            JobDuration usual) {
        this.warehouse = warehouse;
        this.writer = writer;
        this.store = store;
        this.protocol = protocol;
        this.backend = backend;
        this.clock = clock;
        this.directory = directory;
        this.namePrefix = namePrefix;
        this.usual = usual;
    }

    private record Script(JobBehaviour behaviour, String line) {
        @Override
        public String toString() {
            return behaviour + ", scripted at " + line;
        }
    }

    /** @param line the line of the test that scripted it */
    synchronized void script(JobBehaviour behaviour, int times, String line) {
        for (int i = 0; i < times; i++) {
            scripted.add(new Script(behaviour, line));
        }
    }

    /** Descriptions of the scripted behaviours that no job has used. */
    synchronized List<String> scripted() {
        return scripted.stream().map(Script::toString).toList();
    }

    synchronized void clearScripts() {
        scripted.clear();
    }

    synchronized FakeJob start(FakeTable table, TableContent content, ExportParams params, @Nullable String runId) {
        Script next = scripted.poll();
        JobBehaviour behaviour = next == null ? usual() : next.behaviour;
        boolean whole = !table.sliced() && params.fileType().equals("csv");
        String key = table.id() + " " + content.version() + " " + whole + " " + params;
        CacheEntry known = cache.get(key);
        boolean hit = known != null && (!known.export.isDone() || files.containsKey(known.fileId));
        CacheEntry entry = hit && known != null ? known : export(table, content, params, whole, runId);
        remember(cache, key, entry, MAX_FILES);
        FakeJob job = new ExportJob(++lastJob, table.id(), params, behaviour, hit, entry.export, clock, runId, usual);
        remember(jobs, lastJob, job, MAX_JOBS);
        return job;
    }

    private JobBehaviour usual() {
        return switch (usual) {
            case JobDuration.Polls polls -> new JobBehaviour.Succeeds(polls.count());
            case JobDuration.Elapsed lasts -> new JobBehaviour.Takes(lasts.time());
            case JobDuration.Endless endless -> new JobBehaviour.NeverEnds();
        };
    }

    /** All jobs, newest first. */
    synchronized List<FakeJob> jobs() {
        return List.copyOf(jobs.sequencedValues().reversed());
    }

    /** All files, newest first. */
    synchronized List<FakeFile> files() {
        return List.copyOf(files.sequencedValues().reversed());
    }

    synchronized @Nullable FakeJob job(long id) {
        return jobs.get(id);
    }

    synchronized @Nullable FakeFile file(long id) {
        return files.get(id);
    }

    /** Deletes a file and returns the job of the deletion, or null if the file does not exist. */
    synchronized @Nullable FakeJob delete(long id) {
        FakeFile file = files.remove(id);
        if (file == null) {
            return null;
        }
        discard(file);
        FakeJob job = new DeleteJob(++lastJob, clock.instant());
        remember(jobs, lastJob, job, MAX_JOBS);
        return job;
    }

    private CacheEntry export(
            FakeTable table, TableContent content, ExportParams params, boolean whole, @Nullable String runId) {
        long id = ++lastFile;
        return new CacheEntry(id, warehouse.submit(() -> {
            FakeFile file = whole
                    ? whole(id, table.id(), params, writer.whole(content, params, directory(id)), runId)
                    : stored(id, table.id(), params, writer.write(content, params, directory(id)), runId);
            publish(file);
            return file;
        }));
    }

    private synchronized void publish(FakeFile file) {
        store.add(file);
        files.put(file.id(), file);
        slices += file.slices().size();
        Iterator<FakeFile> oldestFirst = files.values().iterator();
        while (files.size() > MAX_FILES || (slices > MAX_SLICES && files.size() > 1)) {
            FakeFile oldest = oldestFirst.next();
            oldestFirst.remove();
            discard(oldest);
        }
    }

    private FakeFile whole(long id, String tableId, ExportParams params, Path file, @Nullable String runId)
            throws IOException {
        ObjectName base = place(tableId, id, extension(params));
        ExportObject object = ExportObject.of(base, file, clock.instant(), 0);
        String name = tableId + extension(params);
        return new FakeFile(id, name, params.fileType(), base, clock.instant(), runId, false, object, List.of(object));
    }

    private ObjectName place(String tableId, long id, String extension) {
        return protocol.place(tableId, id, namePrefix + id + extension);
    }

    private static String extension(ExportParams params) {
        return params.fileType().equals("parquet") ? ".parquet" : params.gzip() ? ".csv.gz" : ".csv";
    }

    private FakeFile stored(long id, String tableId, ExportParams params, List<Path> slices, @Nullable String runId)
            throws IOException, SQLException {
        String extension = extension(params);
        ObjectName base = place(tableId, id, extension);
        List<ExportObject> objects = new ArrayList<>();
        for (Path slice : slices) {
            int index = objects.size();
            objects.add(ExportObject.of(base.plus(suffix(index, extension)), slice, clock.instant(), index));
        }
        ExportObject manifest = ExportObject.of(base.plus("manifest"), manifest(id, objects), clock.instant(), null);
        return new FakeFile(
                id, tableId + extension, params.fileType(), base, clock.instant(), runId, true, manifest, objects);
    }

    private String suffix(int index, String extension) {
        return switch (backend) {
            case SNOWFLAKE -> "_0_" + index + "_0" + extension;
            case BIGQUERY -> String.format("%012d%s", index, extension);
        };
    }

    private Path manifest(long id, List<ExportObject> slices) throws IOException {
        List<Map<String, @Nullable Object>> entries = new ArrayList<>();
        for (ExportObject slice : slices) {
            entries.add(Json.object("url", protocol.manifestEntry(slice.name()), "mandatory", true));
        }
        Path file = Files.createDirectories(directory(id)).resolve("manifest");
        String text = Json.writeEscapingSlashes(Json.object("entries", entries));
        return Files.writeString(file, text, StandardCharsets.UTF_8);
    }

    /** Deletes a file's data. Prepared slices are outside its directory and stay. */
    private void discard(FakeFile file) {
        slices -= file.slices().size();
        store.remove(file);
        Directories.delete(directory(file.id()));
    }

    private Path directory(long fileId) {
        return directory.resolve(String.valueOf(fileId));
    }

    private static <K, V> void remember(Map<K, V> map, K key, V value, int most) {
        map.put(key, value);
        if (map.size() > most) {
            map.remove(map.keySet().iterator().next());
        }
    }
}
