// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import io.agnes.bigquery.GoogleCloudException;
import io.agnes.core.TableId;
import io.agnes.core.store.ObjectPage;
import io.agnes.core.store.ObjectStore;
import io.agnes.core.store.StoredObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A folder of the staging bucket: that of a table, or within it that of one job. Only Agnes writes there.
 *
 * @param prefix of the names of its objects, with a slash at the end
 */
record StagingFolder(CloudStorageStore store, String bucket, String prefix) {
    /** Objects of one folder: far more than BigQuery writes for a table that fits a disk. */
    static final int MOST_OBJECTS = 100_000;

    private static final String SHARD = "shard-";
    private static final String EXTENSION = ".parquet";

    /** The folder of all jobs of a table. */
    static StagingFolder of(CloudStorageStore store, String bucket, String stagingPrefix, TableId table) {
        return new StagingFolder(store, bucket, stagingPrefix + "/" + table + "/");
    }

    /** The folder of a job of this table. */
    StagingFolder job(String id) {
        return new StagingFolder(store, bucket, prefix + id + "/");
    }

    /** Where a job writes its shards. BigQuery replaces the asterisk by 12 digits, from zero on. */
    String uri() {
        return "gs://" + bucket + "/" + prefix + SHARD + "*" + EXTENSION;
    }

    /** All objects, by name: the order of the shards. */
    List<StoredObject> objects() throws IOException, InterruptedException {
        List<StoredObject> found = new ArrayList<>();
        Optional<String> next = Optional.empty();
        do {
            ObjectPage page = store.list(prefix, next, ObjectStore.MOST_LISTED);
            found.addAll(page.objects());
            if (found.size() > MOST_OBJECTS) {
                throw GoogleCloudException.listingTooLong("folder gs://" + bucket + "/" + prefix, MOST_OBJECTS);
            }
            next = page.next();
        } while (next.isPresent());
        return found;
    }

    /** The names of the jobs of this table that have objects here. */
    static List<String> jobs(StagingFolder table, List<StoredObject> objects) {
        TreeSet<String> jobs = new TreeSet<>();
        for (StoredObject object : objects) {
            String rest = object.name().substring(table.prefix.length());
            int slash = rest.indexOf('/');
            if (slash > 0 && JobName.isId(rest.substring(0, slash))) {
                jobs.add(rest.substring(0, slash));
            }
        }
        return List.copyOf(jobs);
    }

    /** Deletes all objects; one that another process deletes meanwhile is no failure. */
    void remove() throws IOException, InterruptedException {
        store.deleteAll(objects());
    }

    /** Whether the names of objects are those of so many shards of this folder, from the first to the last. */
    boolean holds(List<StoredObject> shards, long count) {
        if (shards.size() != count) {
            return false;
        }
        for (int i = 0; i < shards.size(); i++) {
            if (!shards.get(i).name().equals(prefix + SHARD + String.format("%012d", i) + EXTENSION)) {
                return false;
            }
        }
        return true;
    }
}
