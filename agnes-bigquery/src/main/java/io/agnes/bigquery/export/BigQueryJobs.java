// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import com.google.cloud.bigquery.BigQueryError;
import com.google.cloud.bigquery.Job;
import com.google.cloud.bigquery.JobConfiguration;
import com.google.cloud.bigquery.JobId;
import com.google.cloud.bigquery.JobInfo;
import com.google.cloud.bigquery.JobStatus;
import io.agnes.bigquery.BigQueryConfig;
import io.agnes.bigquery.GoogleCloudException;
import io.agnes.bigquery.client.Operation;
import io.agnes.bigquery.client.Operation.Resource;
import io.agnes.bigquery.client.WriteClient;
import io.agnes.core.Time;
import java.time.Duration;
import java.util.Optional;

/** Starts jobs, waits for them and ends them. Safe for use by several threads. */
final class BigQueryJobs {
    private static final Duration LONGEST_POLL = Duration.ofSeconds(10);
    private static final int GROWTH_PERCENT = 150;
    /** A cancelled job ends within a second or two. */
    private static final Duration LONGEST_END = Duration.ofSeconds(5);

    private static final Duration END_POLL = Duration.ofMillis(250);

    private final WriteClient client;
    private final BigQueryConfig config;
    private final Time time;

    BigQueryJobs(WriteClient client, BigQueryConfig config, Time time) {
        this.client = client;
        this.config = config;
        this.time = time;
    }

    private static Operation operation(JobId id, String permission) {
        return Operation.repeatable(Resource.JOB, "job " + id.getJob(), permission);
    }

    /** @param location empty to leave it to BigQuery */
    JobId id(String name, String location) {
        JobId.Builder id = JobId.newBuilder().setProject(config.project()).setJob(name);
        Optional.of(location)
                .filter(text -> !text.isEmpty())
                .or(config::location)
                .ifPresent(id::setLocation);
        return id.build();
    }

    /**
     * Starts a job, or finds the one that has this id: of an earlier run, or of another process.
     *
     * @return whether there was one
     */
    boolean startedBefore(JobId id, JobConfiguration configuration) throws InterruptedException {
        if (found(id)) {
            return true;
        }
        try {
            client.bigQuery(
                    operation(id, "bigquery.jobs.create"),
                    bigQuery -> bigQuery.create(
                            JobInfo.newBuilder(configuration).setJobId(id).build()));
            return false;
        } catch (GoogleCloudException e) {
            if (e.code().equals("already_exists")) {
                return true;
            }
            throw e;
        }
    }

    private boolean found(JobId id) throws InterruptedException {
        try {
            job(id);
            return true;
        } catch (GoogleCloudException e) {
            if (e.code().equals("job_not_found")) {
                return false;
            }
            throw e;
        }
    }

    private Job job(JobId id) throws InterruptedException {
        return client.bigQuery(operation(id, "bigquery.jobs.get"), bigQuery -> bigQuery.getJob(id));
    }

    /**
     * Polls a job until it has ended, well or not.
     *
     * @throws GoogleCloudException {@code export_timeout}; the job goes on
     */
    Job ended(JobId id) throws InterruptedException {
        long start = time.nanos();
        Duration pause = config.pollInterval();
        while (true) {
            Job job = job(id);
            if (hasEnded(job)) {
                return job;
            }
            Duration left = config.jobTimeout().minus(time.since(start));
            if (!left.isPositive()) {
                throw GoogleCloudException.exportTimeout("job " + id.getJob(), config.jobTimeout());
            }
            time.sleep(shorter(pause, left));
            pause = shorter(pause.multipliedBy(GROWTH_PERCENT).dividedBy(100), LONGEST_POLL);
        }
    }

    private static boolean hasEnded(Job job) {
        return JobStatus.State.DONE.equals(job.getStatus().getState());
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    /**
     * Asks BigQuery to end a job, and waits for a moment until it has ended and writes no more. One that has ended, or that
     * does not exist, stays as it is.
     */
    void cancel(JobId id) throws InterruptedException {
        try {
            client.bigQuery(operation(id, "bigquery.jobs.update"), bigQuery -> bigQuery.cancel(id));
            long start = time.nanos();
            while (!hasEnded(job(id)) && time.since(start).compareTo(LONGEST_END) < 0) {
                time.sleep(END_POLL);
            }
        } catch (GoogleCloudException e) {
            if (!e.code().equals("job_not_found")) {
                throw e;
            }
        }
    }

    /** What ended a job before its end; empty if it succeeded. */
    static Optional<BigQueryError> failure(Job job) {
        return Optional.ofNullable(job.getStatus().getError());
    }
}
