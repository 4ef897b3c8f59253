// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@link FakeBigQuery} for {@link ControlApi}, with its jobs. */
final class BigQueryControl implements Controlled {
    private final FakeBigQuery bigquery;
    private final Map<String, Supplier<FaultPoint>> points = new LinkedHashMap<>();

    BigQueryControl(FakeBigQuery bigquery) {
        this.bigquery = bigquery;
        points.put("datasets", bigquery::onDatasets);
        points.put("dataset", bigquery::onDataset);
        points.put("tables", bigquery::onTables);
        points.put("table", bigquery::onTable);
        points.put("table_data", bigquery::onTableData);
        points.put("job_insert", bigquery::onJobInsert);
        points.put("job", bigquery::onJob);
        points.put("job_cancel", bigquery::onJobCancel);
        points.put("query", bigquery::onQuery);
        points.put("query_results", bigquery::onQueryResults);
        points.put("token", bigquery::onToken);
    }

    @Override
    public Map<String, @Nullable Object> addresses() {
        return Json.object("endpoint", bigquery.endpoint().toString(), "project", bigquery.project());
    }

    @Override
    public ManualClock clock() {
        return bigquery.clock();
    }

    @Override
    public List<RecordedRequest> requests() {
        return bigquery.requests();
    }

    @Override
    public List<String> unconsumed() {
        return bigquery.unconsumed();
    }

    @Override
    public void clearScripts() {
        bigquery.clearScripts();
    }

    @Override
    public FaultPoint on(String method, String pathRegex) {
        return bigquery.on(method, pathRegex);
    }

    @Override
    public Map<String, Supplier<FaultPoint>> points() {
        return points;
    }

    @Override
    public @Nullable Response answer(String path, Request request) {
        return path.equals("/jobs")
                ? ControlApi.only(
                        request,
                        "POST",
                        () -> RemoteJobs.script(this, bigquery::nextJobs, ControlFields.of(request.body())))
                : null;
    }
}
