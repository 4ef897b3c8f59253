// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The IAM permissions that a {@link FakeBigQuery} denies. All others are granted. */
final class Grants {
    private final Set<String> denied = ConcurrentHashMap.newKeySet();

    /** @param resource a dataset, {@code dataset.table}, or empty for all */
    void deny(String permission, String resource) {
        denied.add(key(permission, resource));
    }

    void grant(String permission) {
        denied.removeIf(key -> key.startsWith(permission + " "));
    }

    private boolean has(String permission, String... resources) {
        for (String resource : resources) {
            if (denied.contains(key(permission, resource))) {
                return false;
            }
        }
        return !denied.contains(key(permission, ""));
    }

    private static String key(String permission, String resource) {
        return permission + " " + resource;
    }

    void requireOnProject(String permission, String project) {
        if (!has(permission)) {
            throw GoogleJobException.accessDenied("Project " + project + ": User does not have " + permission
                    + " permission in project " + project + ".");
        }
    }

    void requireOnDataset(String permission, FakeDataset dataset) {
        if (!has(permission, dataset.id())) {
            String name = dataset.project() + ":" + dataset.id();
            throw GoogleJobException.accessDenied("Dataset " + name + ": Permission " + permission
                    + " denied on dataset " + name + " (or it may not exist).");
        }
    }

    void requireOnTable(String permission, FakeBigQueryTable table) {
        String dataset = table.dataset().id();
        if (!has(permission, dataset, dataset + "." + table.id())) {
            throw GoogleJobException.accessDenied("Table " + table.apiId() + ": Permission " + permission
                    + " denied on table " + table.apiId() + " (or it may not exist).");
        }
    }

    void requireQuery(FakeBigQueryTable table) {
        String dataset = table.dataset().id();
        if (!has("bigquery.tables.getData", dataset, dataset + "." + table.id())) {
            throw GoogleJobException.accessDenied(
                    "Table " + table.apiId() + ": User does not have permission to query table " + table.apiId()
                            + ", or perhaps it does not exist.");
        }
    }

    void requireOnJob(String permission, FakeBigQueryJob.Reference job) {
        if (!has(permission)) {
            throw GoogleJobException.accessDenied(
                    "Job " + job + ": The user does not have permission " + permission + ".");
        }
    }

    void requireOnBucket(String permission, String bucket) {
        if (!has(permission, bucket)) {
            throw GoogleJobException.accessDenied(
                    "BigQuery BigQuery: Permission denied while writing data. " + ServiceAccountKey.EMAIL
                            + " does not have " + permission + " access to the bucket " + bucket + ".");
        }
    }
}
