// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import com.google.cloud.bigquery.BigQueryError;
import io.agnes.bigquery.GoogleCloudException;
import java.util.Locale;

/**
 * What the error of a job means. The reasons are those of
 * <a href="https://cloud.google.com/bigquery/docs/error-messages">BigQuery</a>.
 */
final class JobFailures {
    private static final int SERVER_ERROR = 500;
    private static final int UNAVAILABLE = 503;

    private JobFailures() {}

    /**
     * The failure of a job.
     *
     * @param what the table, for the message
     */
    static GoogleCloudException of(String what, BigQueryError error) {
        String said = error.getMessage() == null ? "no reason given" : error.getMessage();
        String subject = "the export of " + what;
        return switch (error.getReason() == null ? "" : error.getReason()) {
            case "accessDenied" -> GoogleCloudException.accessDenied(subject, "bigquery.tables.export", said);
            case "notFound" -> GoogleCloudException.notFound("table", subject, said);
            case "quotaExceeded" -> GoogleCloudException.quotaExceeded(subject, said);
            case "rateLimitExceeded", "jobRateLimitExceeded" -> GoogleCloudException.rateLimited(subject, said);
            case "backendError", "jobBackendError", "tableUnavailable" ->
                GoogleCloudException.unavailable(subject, UNAVAILABLE, said);
            case "internalError", "jobInternalError" -> GoogleCloudException.unavailable(subject, SERVER_ERROR, said);
            case "stopped", "timeout" -> GoogleCloudException.exportStopped(what, said);
            case "bytesBilledLimitExceeded" -> GoogleCloudException.billLimitExceeded(what, said);
            case "invalidQuery" -> GoogleCloudException.queryInvalid(what, said);
            default -> GoogleCloudException.exportFailed(what, error.getReason(), said);
        };
    }

    /** Whether the job failed because its kind of export does not know the compression. */
    static boolean isCompression(BigQueryError error) {
        String said = String.valueOf(error.getMessage()).toLowerCase(Locale.ROOT);
        return said.contains("compression") || said.contains("zstd");
    }
}
