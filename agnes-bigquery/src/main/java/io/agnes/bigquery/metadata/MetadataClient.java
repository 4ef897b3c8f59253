// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.metadata;

import com.google.api.services.bigquery.model.DatasetList;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableList;
import io.agnes.bigquery.BigQueryConfig;
import io.agnes.bigquery.BigQueryTable;
import io.agnes.bigquery.GoogleCloudException;
import io.agnes.bigquery.client.Operation;
import io.agnes.bigquery.client.Operation.Resource;
import io.agnes.bigquery.client.ReadClient;
import io.agnes.core.Time;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Asks BigQuery about tables, with the credentials that read. It runs no query and costs nothing. Each method blocks, and an
 * interrupt ends it and its connection.
 */
public final class MetadataClient implements AutoCloseable {
    /** The most datasets of one listing. */
    public static final int MOST_DATASETS = 10_000;

    /** The most tables of one dataset. */
    public static final int MOST_TABLES = 100_000;

    private static final long PAGE = 1000;

    private final ReadClient client;
    private final String project;

    private MetadataClient(ReadClient client, String project) {
        this.client = client;
        this.project = project;
    }

    /** A client over the network. Nothing is read or sent yet. */
    public static MetadataClient of(BigQueryConfig config) {
        return of(config, Time.system());
    }

    /** @param time waits between the attempts of a call */
    public static MetadataClient of(BigQueryConfig config, Time time) {
        return new MetadataClient(ReadClient.of(config, time), config.project());
    }

    /** The project whose tables need no project in their name. */
    public String project() {
        return project;
    }

    /**
     * What BigQuery says of a table, in one call.
     *
     * @throws GoogleCloudException {@code table_not_found}, {@code access_denied} and others
     */
    public TableMetadata table(BigQueryTable name) throws InterruptedException {
        Operation operation = Operation.repeatable(Resource.TABLE, "table " + name, "bigquery.tables.get");
        Table table = client.call(
                operation,
                api -> api.tables()
                        .get(name.project(), name.dataset(), name.table())
                        .execute());
        return TableResource.metadata(name, table);
    }

    /**
     * The names of the datasets of the project that the account may see, in BigQuery's order.
     *
     * @throws GoogleCloudException {@code listing_too_long} above {@link #MOST_DATASETS}, and others
     */
    public List<String> datasets() throws InterruptedException {
        Operation operation = Operation.repeatable(
                Resource.PROJECT, "the list of datasets of project " + project, "bigquery.datasets.get");
        List<String> found = new ArrayList<>();
        String page = null;
        do {
            String token = page;
            DatasetList list = client.call(
                    operation,
                    api -> api.datasets()
                            .list(project)
                            .setMaxResults(PAGE)
                            .setPageToken(token)
                            .execute());
            names(list).forEach(found::add);
            requireBound(operation, found, MOST_DATASETS);
            page = next(operation, page, list.getNextPageToken());
        } while (page != null);
        return found;
    }

    /**
     * The names of the tables of a dataset of the project that the account may see, of all types, in BigQuery's order.
     *
     * @throws GoogleCloudException {@code dataset_not_found}, {@code listing_too_long} above {@link #MOST_TABLES}, and others
     */
    public List<String> tables(String dataset) throws InterruptedException {
        Operation operation =
                Operation.repeatable(Resource.DATASET, "dataset " + project + "." + dataset, "bigquery.tables.list");
        List<String> found = new ArrayList<>();
        String page = null;
        do {
            String token = page;
            TableList list = client.call(
                    operation,
                    api -> api.tables()
                            .list(project, dataset)
                            .setMaxResults(PAGE)
                            .setPageToken(token)
                            .execute());
            names(list).forEach(found::add);
            requireBound(operation, found, MOST_TABLES);
            page = next(operation, page, list.getNextPageToken());
        } while (page != null);
        return found;
    }

    private static Stream<String> names(DatasetList list) {
        return list.getDatasets() == null
                ? Stream.empty()
                : list.getDatasets().stream()
                        .map(dataset -> dataset.getDatasetReference().getDatasetId());
    }

    private static Stream<String> names(TableList list) {
        return list.getTables() == null
                ? Stream.empty()
                : list.getTables().stream()
                        .map(table -> table.getTableReference().getTableId());
    }

    private static void requireBound(Operation operation, List<String> found, int most) {
        if (found.size() > most) {
            throw GoogleCloudException.listingTooLong(operation.subject(), most);
        }
    }

    /** A page that names itself as the next would never end. */
    private static @Nullable String next(Operation operation, @Nullable String page, @Nullable String next) {
        if (next != null && Objects.equals(page, next)) {
            throw GoogleCloudException.answerUnreadable(operation.subject(), "its pages never end");
        }
        return next == null || next.isEmpty() ? null : next;
    }

    /** Ends the calls that run, which fail with {@code client_closed}. */
    @Override
    public void close() {
        client.close();
    }
}
