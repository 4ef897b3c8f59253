// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.metadata;

import io.agnes.bigquery.metadata.MetadataRefresh;
import io.agnes.bigquery.metadata.RefreshReport;

/** The refresh of all metadata as the scheduler runs it: a run that is at work already stands for this one. */
public final class MetadataSchedule implements Runnable {
    private static final System.Logger LOG = System.getLogger(MetadataSchedule.class.getName());

    private final MetadataRefresh refresh;

    /** A refresh for the scheduler. */
    public MetadataSchedule(MetadataRefresh refresh) {
        this.refresh = refresh;
    }

    @Override
    public void run() {
        try {
            switch (refresh.all()) {
                case MetadataRefresh.Outcome.Done done -> tell(done.report());
                case MetadataRefresh.Outcome.AlreadyRunning running ->
                    LOG.log(System.Logger.Level.DEBUG, "metadata are refreshed by run {0} already", running.runId());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void tell(RefreshReport report) {
        LOG.log(
                System.Logger.Level.INFO,
                "metadata " + report.runId() + ": total=" + report.total() + " succeeded=" + report.succeeded()
                        + " no_data=" + report.noData() + " failed=" + report.failed() + " seconds="
                        + report.duration().toMillis() / 1000.0);
    }
}
