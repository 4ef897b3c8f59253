// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import com.google.cloud.bigquery.JobId;

/**
 * A job, and the folder that it writes to. Closing ends the job if it has not ended, and deletes its objects, also after an
 * interrupt; the next export of the table deletes what is left if that fails. For one thread.
 */
final class StagedJob implements AutoCloseable {
    private final BigQueryJobs jobs;
    private final JobId id;
    private final StagingFolder folder;
    private boolean ended;

    StagedJob(BigQueryJobs jobs, JobId id, StagingFolder folder) {
        this.jobs = jobs;
        this.id = id;
        this.folder = folder;
    }

    StagingFolder folder() {
        return folder;
    }

    /** The job has ended and need not be cancelled. */
    void hasEnded() {
        ended = true;
    }

    @Override
    public void close() {
        Cleanup.run("job " + id.getJob() + " or its objects below " + folder.uri(), () -> {
            try {
                if (!ended) {
                    jobs.cancel(id);
                }
            } finally {
                folder.remove();
            }
        });
    }
}
