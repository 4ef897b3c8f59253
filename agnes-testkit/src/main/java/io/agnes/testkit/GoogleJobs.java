// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import io.agnes.testkit.GoogleWarehouse.Rows;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The jobs of a {@link FakeBigQuery}, oldest first. Beyond {@value #MAX_JOBS} it drops the oldest with their results. */
final class GoogleJobs {
    static final int MAX_JOBS = 10_000;
    /** The hidden dataset with the results of queries. */
    static final String ANONYMOUS_DATASET = "_a1b2c3d4e5f60718293a4b5c6d7e8f9001122334";

    private static final String ANONYMOUS_TABLE = "anon";

    /** Multi-regions in which a job is found without its location. */
    private static final Set<String> FOUND_ANYWHERE = Set.of("US", "EU");

    private final Map<FakeBigQueryJob.Reference, FakeBigQueryJob> jobs = new LinkedHashMap<>();
    private final Map<String, FakeBigQueryJob> byRequestId = new LinkedHashMap<>();
    private final Deque<Scripted> scripted = new ArrayDeque<>();
    private final GoogleWarehouse warehouse;
    private final JobDuration length;

    private record Scripted(JobBehaviour behaviour, String at) {}

    /** @param length the duration of a job without a script */
    GoogleJobs(GoogleWarehouse warehouse, JobDuration length) {
        this.warehouse = warehouse;
        this.length = length;
    }

    synchronized void script(JobBehaviour behaviour, int times, String at) {
        switch (behaviour) {
            case JobBehaviour.Succeeds b -> {}
            case JobBehaviour.Takes b -> {}
            case JobBehaviour.EndsAtOnce b -> {}
            case JobBehaviour.Fails b -> {}
            case JobBehaviour.NeverEnds b -> {}
            default -> throw new IllegalArgumentException(behaviour + " is the behaviour of a job of Keboola");
        }
        for (int i = 0; i < times; i++) {
            scripted.add(new Scripted(behaviour, at));
        }
    }

    /** Descriptions of the scripted jobs that have not been started. */
    synchronized List<String> scripted() {
        return scripted.stream()
                .map(job -> "a job that " + job.behaviour + ", scripted at " + job.at)
                .toList();
    }

    synchronized void clearScripts() {
        scripted.clear();
    }

    /** How the next job goes. */
    record Course(JobDuration length, @Nullable GoogleJobException error) {}

    /** Takes the script of the next job. */
    synchronized Course nextCourse() {
        Scripted next = scripted.poll();
        return switch (next == null ? null : next.behaviour) {
            case JobBehaviour.Succeeds succeeds -> new Course(new JobDuration.Polls(succeeds.polls()), null);
            case JobBehaviour.Takes takes -> new Course(new JobDuration.Elapsed(takes.time()), null);
            case JobBehaviour.EndsAtOnce atOnce -> new Course(new JobDuration.Polls(0), null);
            case JobBehaviour.Fails fails -> new Course(length, GoogleJobException.of(fails.code(), fails.message()));
            case JobBehaviour.NeverEnds never -> new Course(new JobDuration.Endless(), null);
            case null, default -> new Course(length, null);
        };
    }

    /**
     * Adds a job.
     *
     * @param requestId the client's id of the request, or null
     * @throws GoogleJobException 409 if there is a job with this project, location and id
     */
    void add(FakeBigQueryJob job, @Nullable String requestId) {
        Rows dropped;
        synchronized (this) {
            requireNew(job.reference());
            jobs.put(job.reference(), job);
            if (requestId != null) {
                byRequestId.put(requestId, job);
            }
            dropped = jobs.size() > MAX_JOBS ? dropOldest() : null;
        }
        if (dropped != null) {
            warehouse.duckDb().call(() -> {
                warehouse.drop(dropped);
                return true;
            });
        }
    }

    private @Nullable Rows dropOldest() {
        FakeBigQueryJob oldest = jobs.values().iterator().next();
        jobs.remove(oldest.reference());
        byRequestId.values().remove(oldest);
        return oldest.rows();
    }

    /** @throws GoogleJobException 409 if there is a job with this project, location and id */
    synchronized void requireNew(FakeBigQueryJob.Reference reference) {
        if (jobs.containsKey(reference)) {
            throw new GoogleJobException(409, "duplicate", "Already Exists: Job " + reference);
        }
    }

    /** The job that an earlier request with this id started, or null. */
    synchronized @Nullable FakeBigQueryJob ofRequest(@Nullable String requestId) {
        return requestId == null ? null : byRequestId.get(requestId);
    }

    /**
     * The job with this id.
     *
     * @param location null finds jobs in the multi-regions only
     * @throws GoogleJobException 404 if there is none
     */
    synchronized FakeBigQueryJob require(String project, String id, @Nullable String location) {
        for (FakeBigQueryJob job : jobs.values()) {
            FakeBigQueryJob.Reference reference = job.reference();
            String at = reference.location().toUpperCase(Locale.ROOT);
            boolean here =
                    location == null ? FOUND_ANYWHERE.contains(at) : at.equals(location.toUpperCase(Locale.ROOT));
            if (here && reference.project().equals(project) && reference.id().equals(id)) {
                return job;
            }
        }
        throw GoogleJobException.notFound("Job " + project + ":" + (location == null ? "" : location + ".") + id);
    }

    /** The jobs of a project, newest first. */
    synchronized List<FakeBigQueryJob> list(String project) {
        List<FakeBigQueryJob> all = new ArrayList<>(jobs.values().stream()
                .filter(job -> job.reference().project().equals(project))
                .toList());
        return all.reversed();
    }

    synchronized void remove(FakeBigQueryJob job) {
        jobs.remove(job.reference());
    }

    /** The rows of the anonymous table of a query, or null if there is no such table. */
    @Nullable
    Rows anonymous(String project, String dataset, String table) {
        if (!dataset.equals(ANONYMOUS_DATASET) || !table.startsWith(ANONYMOUS_TABLE)) {
            return null;
        }
        for (FakeBigQueryJob job : list(project)) {
            if (anonymousTable(job.reference()).equals(table)) {
                return job.rows();
            }
        }
        return null;
    }

    /** The id of the temporary table with the result of a query. */
    static String anonymousTable(FakeBigQueryJob.Reference reference) {
        String name = UUID.nameUUIDFromBytes(Signer.utf8(reference.toString())).toString();
        return ANONYMOUS_TABLE + name.replace('-', '_');
    }
}
