// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import com.google.cloud.bigquery.Job;
import com.google.cloud.bigquery.JobId;
import com.google.cloud.bigquery.JobInfo;
import com.google.cloud.bigquery.JobStatistics.QueryStatistics;
import com.google.cloud.bigquery.QueryJobConfiguration;
import com.google.cloud.bigquery.Schema;
import io.agnes.bigquery.GoogleCloudException;
import io.agnes.bigquery.client.Operation;
import io.agnes.bigquery.client.Operation.Resource;
import java.util.List;
import java.util.UUID;

/**
 * What BigQuery says of a query without running it, which is free.
 *
 * @param bytes that the query would scan
 * @param columns of its result
 * @param location where it would run; empty if BigQuery did not say
 */
record DryRun(long bytes, List<SourceColumn> columns, String location) {
    DryRun {
        columns = List.copyOf(columns);
    }

    /**
     * Asks BigQuery.
     *
     * @param what the table, for messages
     * @param location of the data; empty if it is not known
     * @throws GoogleCloudException {@code query_invalid} if it is not one SELECT; {@code cost_limit_exceeded} with bytes and
     *     limit if it would scan more than it may
     */
    static DryRun of(ExportContext context, String what, String sql, String location) throws InterruptedException {
        DryRun run = run(context, what, sql, location);
        long limit = context.config().maxBytesPerMaterialize();
        if (run.bytes > limit) {
            throw GoogleCloudException.costLimitExceeded(what, run.bytes, limit);
        }
        return run;
    }

    private static DryRun run(ExportContext context, String what, String sql, String location)
            throws InterruptedException {
        QueryJobConfiguration query = QueryJobConfiguration.newBuilder(sql)
                .setUseLegacySql(false)
                .setDryRun(true)
                .build();
        JobId id = context.jobs().id("agnes_dry_run_" + UUID.randomUUID(), location);
        Job job = context.client()
                .bigQuery(
                        Operation.repeatable(Resource.TABLE, what, "bigquery.jobs.create"),
                        bigQuery -> bigQuery.create(
                                JobInfo.newBuilder(query).setJobId(id).build()));
        QueryStatistics statistics = job.getStatistics();
        if (statistics.getStatementType() != null
                && !statistics.getStatementType().equals(QueryStatistics.StatementType.SELECT)) {
            throw GoogleCloudException.queryInvalid(what, "it is " + statistics.getStatementType() + " and no SELECT");
        }
        Schema schema = statistics.getSchema();
        if (schema == null) {
            throw GoogleCloudException.answerUnreadable(what, "its result has no columns");
        }
        Long bytes = statistics.getTotalBytesProcessed();
        String ran = job.getJobId() == null ? null : job.getJobId().getLocation();
        return new DryRun(bytes == null ? 0 : bytes, SourceColumn.of(schema.getFields()), ran == null ? location : ran);
    }
}
