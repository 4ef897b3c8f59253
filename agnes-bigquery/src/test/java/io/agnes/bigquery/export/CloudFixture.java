// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.agnes.bigquery.BigQueryConfig;
import io.agnes.bigquery.BigQueryReadCredentials;
import io.agnes.bigquery.BigQueryTable;
import io.agnes.bigquery.BigQueryWriteCredentials;
import io.agnes.core.Secret;
import io.agnes.core.TableId;
import io.agnes.core.Time;
import io.agnes.core.file.FileDraft;
import io.agnes.core.file.FileStore;
import io.agnes.core.sync.SyncProgress;
import io.agnes.testkit.FakeBigQuery;
import io.agnes.testkit.FakeCloudStorage;
import io.agnes.testkit.FakeObject;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** A fake BigQuery with a fake Cloud Storage, and exports from them. */
final class CloudFixture implements AutoCloseable {
    static final String BUCKET = "staging";
    static final TableId ID = new TableId("sales.orders");

    final FakeCloudStorage storage;
    final FakeBigQuery bigQuery;
    final HurriedClock time = new HurriedClock();
    private final Path directory;
    private final List<BigQueryExport> exports = new ArrayList<>();
    private final List<FileDraft> drafts = new ArrayList<>();

    CloudFixture(Path directory, UnaryOperator<FakeBigQuery.Builder> settings) {
        this.directory = directory;
        this.storage = FakeCloudStorage.start().bucket(BUCKET);
        this.bigQuery = settings.apply(FakeBigQuery.builder().storage(storage)).start();
    }

    static CloudFixture of(Path directory) {
        return new CloudFixture(directory, UnaryOperator.identity());
    }

    BigQueryConfig config() {
        Secret key = Secret.of(bigQuery.serviceAccountKey());
        return BigQueryConfig.of(bigQuery.project())
                .withPrivateTargets(true)
                .withReadCredentials(BigQueryReadCredentials.json(key))
                .withWriteCredentials(BigQueryWriteCredentials.json(key))
                .withEndpoint(bigQuery.endpoint())
                .withStorageEndpoint(storage.endpoint())
                .withStagingBucket(BUCKET);
    }

    BigQueryExport export() {
        return export(config(), time);
    }

    BigQueryExport export(BigQueryConfig config, Time clock) {
        BigQueryExport export = BigQueryExport.of(config, clock);
        exports.add(export);
        return export;
    }

    /** A new draft in a directory of its own. */
    FileDraft draft() throws IOException {
        FileDraft draft =
                FileDraft.of(FileStore.system(), directory.resolve("draft-" + drafts.size()), "table.parquet");
        drafts.add(draft);
        return draft;
    }

    BigQueryTable table(String name) {
        return new BigQueryTable(bigQuery.project(), "sales", name);
    }

    ExportOutcome.Exported exported(FileDraft draft, ExportRequest request) throws Exception {
        return (ExportOutcome.Exported) export().export(request, draft, SyncProgress.NONE);
    }

    ExportOutcome.Exported exported(FileDraft draft, String table) throws Exception {
        return exported(draft, ExportRequest.of(ID, table(table)));
    }

    List<String> objects() {
        return storage.list(BUCKET, "").stream().map(FakeObject::name).toList();
    }

    void assertNothingStaged() {
        assertEquals(List.of(), objects());
    }

    /** How many jobs were started. Dry runs start none. */
    int jobs() {
        return (int) bigQuery.requests("POST", ".*/jobs").stream()
                .filter(request -> !request.body().contains("\"dryRun\":true"))
                .count();
    }

    /** All rows of a query over the file of a draft, as text. {@code FILE} stands for the file. */
    static List<String> rows(FileDraft draft, String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute("SET TimeZone = 'UTC'");
            String query = sql.replace("FILE", "read_parquet('" + draft.path() + "')");
            try (ResultSet found = statement.executeQuery("SELECT COLUMNS(*)::VARCHAR FROM (" + query + ")")) {
                List<String> rows = new ArrayList<>();
                while (found.next()) {
                    List<String> row = new ArrayList<>();
                    for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
                        row.add(String.valueOf(found.getString(i)));
                    }
                    rows.add(String.join("|", row));
                }
                return rows;
            }
        }
    }

    static List<String> types(FileDraft draft) throws Exception {
        return rows(draft, "SELECT column_name || ' ' || column_type FROM (DESCRIBE FROM FILE)");
    }

    @Override
    public void close() throws IOException {
        exports.forEach(BigQueryExport::close);
        for (FileDraft draft : drafts) {
            draft.close();
        }
        bigQuery.close();
        storage.close();
    }
}
