// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import java.util.Map;
import java.util.Set;

/**
 * The description of a token, without the token itself.
 *
 * @param id of the token
 * @param description given by its creator
 * @param projectId of its project
 * @param master whether it may do everything in the project
 * @param backend {@code snowflake} or {@code bigquery}; empty if Keboola does not say
 * @param fileStorage {@code aws}, {@code azure} or {@code gcp}; empty if Keboola does not say
 * @param features of the project, by Keboola's names
 * @param limits of the project, by Keboola's names, such as {@code storage.jobsParallelism}
 */
public record KeboolaToken(
        String id,
        String description,
        String projectId,
        String projectName,
        boolean master,
        String backend,
        String fileStorage,
        Set<String> features,
        Map<String, Long> limits) {
    /** How many jobs of a project run at once if Keboola does not say. */
    public static final int JOBS_PARALLELISM = 10;

    /** Copies the collections. */
    public KeboolaToken {
        features = Set.copyOf(features);
        limits = Map.copyOf(limits);
    }

    /** How many jobs of the project run at once; further exports wait in Keboola. */
    public int jobsParallelism() {
        long limit = limits.getOrDefault("storage.jobsParallelism", (long) JOBS_PARALLELISM);
        return Math.clamp(limit, 1, Integer.MAX_VALUE);
    }
}
