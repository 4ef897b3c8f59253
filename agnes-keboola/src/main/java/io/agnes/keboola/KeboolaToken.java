package io.agnes.keboola;

/**
 * What Keboola says of a token; the token itself is not in it.
 *
 * @param id of the token
 * @param description as given by who made it
 * @param projectId of the one project it opens
 * @param master whether it may do everything in the project
 * @param backend {@code snowflake} or {@code bigquery}; empty if Keboola does not say
 * @param fileStorage {@code aws}, {@code azure} or {@code gcp}; empty if Keboola does not say
 */
public record KeboolaToken(
        String id,
        String description,
        String projectId,
        String projectName,
        boolean master,
        String backend,
        String fileStorage) {}
