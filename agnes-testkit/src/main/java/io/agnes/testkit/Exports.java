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

/** Jobs and the files they make. The oldest are forgotten, and their data deleted, before there are too many. */
final class Exports {
    static final int MAX_JOBS = 10_000;
    static final int MAX_FILES = 1_000;
    /** Of all files together but the newest, which may have more. */
    static final int MAX_SLICES = 20_000;

    private final Warehouse warehouse;
    private final Unload unload;
    private final ObjectStore store;
    private final StoreAccess access;
    private final Backend backend;
    private final ManualClock clock;
    private final Path directory;
    private final String namePrefix;
    private final JobLength usual;
    private final SequencedMap<Long, Job> jobs = new LinkedHashMap<>();
    private final SequencedMap<Long, StoredFile> files = new LinkedHashMap<>();
    private final Map<String, CacheEntry> cache = new LinkedHashMap<>();
    private final Deque<Script> scripted = new ArrayDeque<>();
    private long slices;
    private long lastJob = 700_000_000;
    private long lastFile = 987_654_000;

    private record CacheEntry(long fileId, Future<StoredFile> export) {}

    Exports(
            Warehouse warehouse,
            Unload unload,
            ObjectStore store,
            StoreAccess access,
            Backend backend,
            ManualClock clock,
            Path directory,
            String namePrefix,
            JobLength usual) {
        this.warehouse = warehouse;
        this.unload = unload;
        this.store = store;
        this.access = access;
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

    /** @param line of the test that did */
    synchronized void script(JobBehaviour behaviour, int times, String line) {
        for (int i = 0; i < times; i++) {
            scripted.add(new Script(behaviour, line));
        }
    }

    /** Descriptions of those that no job has followed. */
    synchronized List<String> scripted() {
        return scripted.stream().map(Script::toString).toList();
    }

    synchronized void clearScripts() {
        scripted.clear();
    }

    synchronized Job start(FakeTable table, Content content, ExportParams params, @Nullable String runId) {
        Script next = scripted.poll();
        JobBehaviour behaviour = next == null ? usual() : next.behaviour;
        boolean whole = !table.sliced() && params.fileType().equals("csv");
        String key = table.id() + " " + content.version() + " " + whole + " " + params;
        CacheEntry known = cache.get(key);
        boolean hit = known != null && (!known.export.isDone() || files.containsKey(known.fileId));
        CacheEntry entry = hit && known != null ? known : export(table, content, params, whole, runId);
        remember(cache, key, entry, MAX_FILES);
        Job job = new ExportJob(++lastJob, table.id(), params, behaviour, hit, entry.export, clock, runId, usual);
        remember(jobs, lastJob, job, MAX_JOBS);
        return job;
    }

    private JobBehaviour usual() {
        return switch (usual) {
            case JobLength.Polls polls -> new JobBehaviour.Succeeds(polls.count());
            case JobLength.Lasts lasts -> new JobBehaviour.Takes(lasts.time());
            case JobLength.Endless endless -> new JobBehaviour.NeverEnds();
        };
    }

    /** Newest first. */
    synchronized List<Job> jobs() {
        return List.copyOf(jobs.sequencedValues().reversed());
    }

    /** Newest first. */
    synchronized List<StoredFile> files() {
        return List.copyOf(files.sequencedValues().reversed());
    }

    synchronized @Nullable Job job(long id) {
        return jobs.get(id);
    }

    synchronized @Nullable StoredFile file(long id) {
        return files.get(id);
    }

    /** @return the job that did it, or null if there is no such file */
    synchronized @Nullable Job delete(long id) {
        StoredFile file = files.remove(id);
        if (file == null) {
            return null;
        }
        discard(file);
        Job job = new DeleteJob(++lastJob, clock.instant());
        remember(jobs, lastJob, job, MAX_JOBS);
        return job;
    }

    private CacheEntry export(
            FakeTable table, Content content, ExportParams params, boolean whole, @Nullable String runId) {
        long id = ++lastFile;
        return new CacheEntry(id, warehouse.submit(() -> {
            StoredFile file = whole
                    ? whole(id, table.id(), params, unload.whole(content, params, directory(id)), runId)
                    : stored(id, table.id(), params, unload.write(content, params, directory(id)), runId);
            publish(file);
            return file;
        }));
    }

    private synchronized void publish(StoredFile file) {
        store.add(file);
        files.put(file.id(), file);
        slices += file.slices().size();
        Iterator<StoredFile> oldestFirst = files.values().iterator();
        while (files.size() > MAX_FILES || (slices > MAX_SLICES && files.size() > 1)) {
            StoredFile oldest = oldestFirst.next();
            oldestFirst.remove();
            discard(oldest);
        }
    }

    private StoredFile whole(long id, String tableId, ExportParams params, Path file, @Nullable String runId)
            throws IOException {
        ObjectName base = place(tableId, id, extension(params));
        StoredObject object = StoredObject.of(base, file, clock.instant(), 0);
        String name = tableId + extension(params);
        return new StoredFile(
                id, name, params.fileType(), base, clock.instant(), runId, false, object, List.of(object));
    }

    private ObjectName place(String tableId, long id, String extension) {
        return access.place(tableId, id, namePrefix + id + extension);
    }

    private static String extension(ExportParams params) {
        return params.fileType().equals("parquet") ? ".parquet" : params.gzip() ? ".csv.gz" : ".csv";
    }

    private StoredFile stored(long id, String tableId, ExportParams params, List<Path> slices, @Nullable String runId)
            throws IOException, SQLException {
        String extension = extension(params);
        ObjectName base = place(tableId, id, extension);
        List<StoredObject> objects = new ArrayList<>();
        for (Path slice : slices) {
            int index = objects.size();
            objects.add(StoredObject.of(base.plus(suffix(index, extension)), slice, clock.instant(), index));
        }
        StoredObject manifest = StoredObject.of(base.plus("manifest"), manifest(id, objects), clock.instant(), null);
        return new StoredFile(
                id, tableId + extension, params.fileType(), base, clock.instant(), runId, true, manifest, objects);
    }

    private String suffix(int index, String extension) {
        return switch (backend) {
            case SNOWFLAKE -> "_0_" + index + "_0" + extension;
            case BIGQUERY -> String.format("%012d%s", index, extension);
        };
    }

    private Path manifest(long id, List<StoredObject> slices) throws IOException {
        List<Map<String, @Nullable Object>> entries = new ArrayList<>();
        for (StoredObject slice : slices) {
            entries.add(Json.object("url", access.manifestEntry(slice.name()), "mandatory", true));
        }
        Path file = Files.createDirectories(directory(id)).resolve("manifest");
        String text = Json.writeEscapingSlashes(Json.object("entries", entries));
        return Files.writeString(file, text, StandardCharsets.UTF_8);
    }

    /** Prepared slices lie elsewhere and stay. */
    private void discard(StoredFile file) {
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
