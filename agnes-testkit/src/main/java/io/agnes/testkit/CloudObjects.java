// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The buckets and objects of {@link FakeCloudStorage}. Each change of an object checks its preconditions and happens in one
 * step. All methods throw {@link CloudRefusal}, after which nothing has changed.
 */
final class CloudObjects {
    private final ManualClock clock;
    private final ObjectFiles files;
    private final WriteLimit limit;
    private final FakeObjectStore<CloudObject> objects = new FakeObjectStore<>();
    private final Map<String, CloudBucket> buckets = new ConcurrentSkipListMap<>();
    private final AtomicLong lastGeneration = new AtomicLong();

    CloudObjects(ManualClock clock, ObjectFiles files, WriteLimit limit) {
        this.clock = clock;
        this.files = files;
        this.limit = limit;
    }

    /**
     * The content of a new object.
     *
     * @param fields the fields that clients may set, by their names in JSON
     * @param components the number of objects that it is composed of, or null; a composed object has no MD5
     * @param expected the checksums that the client sent, by {@code crc32c} and {@code md5}
     */
    record Draft(
            ObjectName name,
            List<? extends Content> parts,
            Map<String, @Nullable Object> fields,
            @Nullable Integer components,
            Map<String, String> expected) {

        static Draft of(ObjectName name, Content content, Map<String, @Nullable Object> fields) {
            return new Draft(name, List.of(content), fields, null, Map.of());
        }
    }

    void create(CloudBucket bucket) {
        if (buckets.putIfAbsent(bucket.name(), bucket) != null) {
            throw new CloudRefusal(
                    CloudRefusal.Reason.CONFLICT,
                    "Your previous request to create the named bucket succeeded and you already own it.");
        }
    }

    List<CloudBucket> buckets() {
        return List.copyOf(buckets.values());
    }

    /** The bucket; 404 if there is none. */
    CloudBucket bucket(String name) {
        CloudBucket bucket = buckets.get(name);
        if (bucket == null) {
            throw new CloudRefusal(CloudRefusal.Reason.BUCKET_NOT_FOUND, "The specified bucket does not exist.");
        }
        return bucket;
    }

    /** Deletes a bucket; 409 if it is not empty. */
    void deleteBucket(String name) {
        bucket(name);
        if (!objects.list(name, "").isEmpty()) {
            throw new CloudRefusal(CloudRefusal.Reason.CONFLICT, "The bucket you tried to delete is not empty.");
        }
        buckets.remove(name);
    }

    List<CloudObject> list(String bucket, String prefix) {
        bucket(bucket);
        return objects.list(bucket, prefix);
    }

    /**
     * The object; 404 if there is none.
     *
     * @param generation the only acceptable generation, or null
     */
    CloudObject get(ObjectName name, @Nullable Long generation) {
        bucket(name.bucket());
        CloudObject object = objects.get(name);
        if (object == null || (generation != null && generation != object.generation())) {
            throw notFound(name);
        }
        return object;
    }

    private static CloudRefusal notFound(ObjectName name) {
        return new CloudRefusal(
                CloudRefusal.Reason.OBJECT_NOT_FOUND, "No such object: " + name.bucket() + "/" + name.key());
    }

    /** The object for a read: 412 or 304 if its preconditions do not hold. */
    CloudObject read(ObjectName name, @Nullable Long generation, Preconditions conditions) {
        CloudObject object = get(name, generation);
        if (!conditions.matches(object)) {
            throw CloudRefusal.conditionNotMet();
        }
        if (!conditions.differs(object)) {
            throw new CloudRefusal(CloudRefusal.Reason.NOT_MODIFIED, "Not Modified");
        }
        return object;
    }

    /** Writes an object with a new generation. An object that it replaces is kept by soft delete. */
    CloudObject write(Draft draft, Preconditions conditions) {
        require(conditions, bucketed(draft.name));
        ObjectFiles.Written written = files.write(draft.parts);
        try {
            verify(draft.expected, written.checksums());
            return publish(draft, written, conditions);
        } catch (CloudRefusal refusal) {
            ObjectFiles.delete(written.file());
            throw refusal;
        }
    }

    /** Checks the preconditions of a write, before its bytes are there. */
    void require(Preconditions conditions, ObjectName name) {
        if (!conditions.hold(objects.get(name))) {
            throw CloudRefusal.conditionNotMet();
        }
    }

    private ObjectName bucketed(ObjectName name) {
        bucket(name.bucket());
        return name;
    }

    private static void verify(Map<String, String> expected, Checksums actual) {
        Map<String, String> found = Map.of("crc32c", actual.crc32c(), "md5", String.valueOf(actual.md5()));
        expected.forEach((algorithm, value) -> {
            if (found.containsKey(algorithm) && !value.equals(found.get(algorithm))) {
                String name = algorithm.equals("md5") ? "MD5 hash" : "CRC32C";
                throw new CloudRefusal(
                        CloudRefusal.Reason.BAD_DIGEST,
                        "Provided " + name + " \"" + value + "\" doesn't match calculated " + name + " \""
                                + found.get(algorithm) + "\".");
            }
        });
    }

    private CloudObject publish(Draft draft, ObjectFiles.Written written, Preconditions conditions) {
        Checksums checksums = written.checksums();
        CloudObject published = objects.change(draft.name, current -> {
            if (!conditions.hold(current)) {
                throw CloudRefusal.conditionNotMet();
            }
            Instant now = clock.instant();
            limit.count(draft.name, now);
            discard(current, true, now);
            return new CloudObject(
                    draft.name,
                    written.file(),
                    written.size(),
                    draft.components == null ? checksums : checksums.withoutMd5(),
                    draft.components,
                    new LinkedHashMap<>(draft.fields),
                    nextGeneration(now),
                    1,
                    now,
                    now);
        });
        return Objects.requireNonNull(published);
    }

    /** Generations are microseconds, as in the real service, and increase even if the clock stands still. */
    private long nextGeneration(Instant now) {
        long micros = ChronoUnit.MICROS.between(Instant.EPOCH, now);
        return lastGeneration.updateAndGet(last -> Math.max(last + 1, micros));
    }

    private void discard(@Nullable CloudObject object, boolean softly, Instant now) {
        if (object != null) {
            if (softly) {
                bucket(object.name().bucket()).keep(object.size(), now);
            }
            files.retire(object.file());
        }
    }

    /** Changes fields of an object; null removes a field. */
    CloudObject patch(
            ObjectName name,
            @Nullable Long generation,
            Map<String, @Nullable Object> changes,
            Preconditions conditions) {
        get(name, generation);
        CloudObject patched = objects.change(name, current -> {
            if (current == null) {
                throw notFound(name);
            }
            if (!conditions.hold(current)) {
                throw CloudRefusal.conditionNotMet();
            }
            limit.count(name, clock.instant());
            return current.withFields(ObjectFields.merged(current.fields(), changes), clock.instant());
        });
        return Objects.requireNonNull(patched);
    }

    /**
     * Deletes an object; 404 if there is none.
     *
     * @param softly whether soft delete keeps it, if the bucket has soft delete
     */
    void delete(ObjectName name, @Nullable Long generation, Preconditions conditions, boolean softly) {
        get(name, generation);
        objects.change(name, current -> {
            if (current == null) {
                throw notFound(name);
            }
            if (!conditions.hold(current)) {
                throw CloudRefusal.conditionNotMet();
            }
            Instant now = clock.instant();
            limit.count(name, now);
            discard(current, softly, now);
            return null;
        });
    }

    long keptBytes(String bucket) {
        return bucket(bucket).keptBytes(clock.instant());
    }
}
