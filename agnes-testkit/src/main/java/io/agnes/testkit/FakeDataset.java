// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** A dataset of a {@link FakeBigQuery}. Clients see it at once. */
public final class FakeDataset {
    private final String project;
    private final String id;
    private final GoogleWarehouse warehouse;
    private final Instant created;
    private final Map<String, FakeBigQueryTable> tables = new ConcurrentSkipListMap<>();
    private final Map<String, String> labels = new ConcurrentSkipListMap<>();
    private volatile String location;
    private volatile @Nullable String description;
    private volatile boolean dropped;

    FakeDataset(String project, String id, String location, GoogleWarehouse warehouse) {
        this.project = project;
        this.id = id;
        this.location = location;
        this.warehouse = warehouse;
        this.created = warehouse.clock().instant();
    }

    /** The id without the project. */
    public String id() {
        return id;
    }

    /** The id of the project. */
    public String project() {
        return project;
    }

    /** Sets the location, for example {@code EU} or {@code europe-west3}. Default that of the fake. */
    public FakeDataset location(String location) {
        this.location = location;
        return this;
    }

    String location() {
        return location;
    }

    boolean isIn(String asked) {
        return location.toUpperCase(Locale.ROOT).equals(asked.toUpperCase(Locale.ROOT));
    }

    /** Sets a label. */
    public FakeDataset label(String key, String value) {
        labels.put(key, value);
        return this;
    }

    /** Sets the description. */
    public FakeDataset description(String description) {
        this.description = description;
        return this;
    }

    /**
     * The table with this id, new or existing. Clients see it once it has columns, rows or a query.
     *
     * @param tableId letters, digits, marks and {@code _ - space}, at most 1,024 bytes in UTF-8
     */
    public FakeBigQueryTable table(String tableId) {
        if (!tableId.matches("[\\p{L}\\p{M}\\p{N}\\p{Pc}\\p{Pd}\\p{Zs}]+") || Signer.utf8(tableId).length > 1024) {
            throw new IllegalArgumentException("Not a table id of BigQuery: " + tableId);
        }
        return tables.computeIfAbsent(tableId, key -> new FakeBigQueryTable(this, key, warehouse));
    }

    /** Removes the dataset and its tables. */
    public void drop() {
        tables.clear();
        dropped = true;
    }

    boolean isDropped() {
        return dropped;
    }

    /** The tables that clients see, in the order of their ids. */
    List<FakeBigQueryTable> visible() {
        return tables.values().stream().filter(FakeBigQueryTable::exists).toList();
    }

    /** The table that clients see under this id, or null. */
    @Nullable
    FakeBigQueryTable find(String tableId) {
        FakeBigQueryTable table = tables.get(tableId);
        return table != null && table.exists() ? table : null;
    }

    Map<String, @Nullable Object> reference() {
        return Json.object("datasetId", id, "projectId", project);
    }

    Map<String, @Nullable Object> listed() {
        return Json.object(
                "kind",
                "bigquery#dataset",
                "id",
                project + ":" + id,
                "datasetReference",
                reference(),
                "labels",
                Map.copyOf(labels),
                "location",
                location);
    }

    Map<String, @Nullable Object> json() {
        Map<String, @Nullable Object> json = listed();
        String millis = String.valueOf(created.toEpochMilli());
        json.put("creationTime", millis);
        json.put("lastModifiedTime", millis);
        json.put("type", "DEFAULT");
        json.put("access", List.of(Json.object("role", "OWNER", "specialGroup", "projectOwners")));
        if (description != null) {
            json.put("description", description);
        }
        return json;
    }
}
