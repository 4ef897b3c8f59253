// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery;

import io.agnes.core.AgnesException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What BigQuery or Cloud Storage refused, or failed to do. A message is one line of at most 512 characters without tokens,
 * keys and signed addresses. The README lists the codes.
 */
public final class GoogleCloudException extends AgnesException {
    private static final long serialVersionUID = 1L;

    private GoogleCloudException(Kind kind, String code, String message, @Nullable Throwable cause) {
        super(kind, code, SafeText.of(message), cause);
    }

    private GoogleCloudException(Kind kind, String code, String message) {
        this(kind, code, message, null);
    }

    /** Code {@code client_closed}: the client was closed before or while it was called. */
    public static GoogleCloudException clientClosed() {
        return new GoogleCloudException(Kind.REQUEST, "client_closed", "the client was closed");
    }

    /** Code {@code credentials_missing}: no application default credentials were found. */
    public static GoogleCloudException credentialsMissing() {
        return new GoogleCloudException(
                Kind.REQUEST,
                "credentials_missing",
                "this machine has no application default credentials; set credentials, or run gcloud auth"
                        + " application-default login");
    }

    /** Code {@code credentials_invalid}: the text or the file holds no credentials of a supported type. */
    public static GoogleCloudException credentialsInvalid(String why) {
        return new GoogleCloudException(Kind.REQUEST, "credentials_invalid", "the credentials cannot be used: " + why);
    }

    /** Code {@code credentials_refused}: Google does not accept the credentials. No table is at fault, the setting is. */
    public static GoogleCloudException credentialsRefused(String what, String said) {
        return new GoogleCloudException(
                Kind.REQUEST, "credentials_refused", what + ": Google does not accept the credentials: " + said);
    }

    /** Code {@code credentials_expired}: the credentials were accepted once, and have ended or were revoked. */
    public static GoogleCloudException credentialsExpired(String what, String said) {
        return new GoogleCloudException(
                Kind.REQUEST, "credentials_expired", what + ": the credentials have expired or were revoked: " + said);
    }

    /**
     * Code {@code access_denied}: the account lacks a permission.
     *
     * @param permission as Google names it, such as {@code bigquery.tables.get}
     */
    public static GoogleCloudException accessDenied(String what, String permission, String said) {
        return new GoogleCloudException(
                Kind.SOURCE_FINAL,
                "access_denied",
                what + " is denied: permission " + permission + " is missing: " + said);
    }

    /** Code {@code api_disabled}: the project has not enabled the API, or has no billing account. */
    public static GoogleCloudException apiDisabled(String what, String said) {
        return new GoogleCloudException(
                Kind.SOURCE_FINAL,
                "api_disabled",
                what + ": the project has not enabled the API or its billing: " + said);
    }

    /**
     * Codes {@code project_not_found}, {@code dataset_not_found}, {@code table_not_found}, {@code job_not_found},
     * {@code bucket_not_found}, {@code object_not_found}.
     *
     * @param kind {@code table} and the like
     */
    public static GoogleCloudException notFound(String kind, String what, String said) {
        return new GoogleCloudException(Kind.SOURCE_FINAL, kind + "_not_found", what + " was not found: " + said);
    }

    /** Code {@code location_wrong}: the request went to another location than that of the data. */
    public static GoogleCloudException locationWrong(String what, String said) {
        return new GoogleCloudException(
                Kind.SOURCE_FINAL, "location_wrong", what + " is in another location than the request: " + said);
    }

    /** Code {@code request_refused}: Google says that the request is wrong. */
    public static GoogleCloudException requestRefused(String what, int status, String said) {
        return new GoogleCloudException(
                Kind.REQUEST, "request_refused", what + " was refused with HTTP " + status + ": " + said);
    }

    /** Code {@code already_exists}: something with this name is there, such as a job of another process. */
    public static GoogleCloudException alreadyExists(String what) {
        return new GoogleCloudException(Kind.SOURCE_FINAL, "already_exists", what + " already exists");
    }

    /** Code {@code precondition_failed}: it changed since it was looked up. */
    public static GoogleCloudException preconditionFailed(String what) {
        return new GoogleCloudException(
                Kind.SOURCE_PASSING, "precondition_failed", what + " has changed since it was looked up");
    }

    /** Code {@code rate_limited}: too many requests, until the retries were spent. */
    public static GoogleCloudException rateLimited(String what, String said) {
        return new GoogleCloudException(
                Kind.SOURCE_PASSING,
                "rate_limited",
                what + ": too many requests until the retries were spent: " + said);
    }

    /** Code {@code quota_exceeded}: a quota of the project is used up, which most often ends with the day. */
    public static GoogleCloudException quotaExceeded(String what, String said) {
        return new GoogleCloudException(
                Kind.SOURCE_PASSING, "quota_exceeded", what + ": a quota of the project is used up: " + said);
    }

    /** Code {@code source_unavailable}: server errors until the retries were spent. */
    public static GoogleCloudException unavailable(String what, int status, String said) {
        return new GoogleCloudException(
                Kind.SOURCE_PASSING, "source_unavailable", what + " was answered with HTTP " + status + ": " + said);
    }

    /** Code {@code source_timeout}: no byte of an answer within the read timeout, in every attempt. */
    public static GoogleCloudException timeout(String what, Duration longest, Throwable cause) {
        return new GoogleCloudException(
                Kind.SOURCE_PASSING,
                "source_timeout",
                what + " got no answer within " + longest.toMillis() + " ms",
                cause);
    }

    /** Code {@code source_unreachable}: no connection, or one that broke, in every attempt. */
    public static GoogleCloudException unreachable(String what, Throwable cause) {
        return new GoogleCloudException(
                Kind.SOURCE_PASSING,
                "source_unreachable",
                what + " got no answer: " + cause.getClass().getSimpleName(),
                cause);
    }

    /** Code {@code certificate_refused}: the host has no certificate that this machine trusts. */
    public static GoogleCloudException certificateRefused(String what, Throwable cause) {
        return new GoogleCloudException(
                Kind.SOURCE_FINAL,
                "certificate_refused",
                what + ": the host shows no certificate that this machine trusts",
                cause);
    }

    /** Code {@code target_refused}: an answer points to an address that is not Google's. */
    public static GoogleCloudException targetRefused(String what, String host) {
        return new GoogleCloudException(
                Kind.SOURCE_FINAL,
                "target_refused",
                what + ": host " + host + " is not contacted: it is no https address of googleapis.com");
    }

    /** Code {@code answer_unreadable}: something that is not Google answered. */
    public static GoogleCloudException answerUnreadable(String what, String why) {
        return new GoogleCloudException(
                Kind.SOURCE_PASSING, "answer_unreadable", what + ": the answer cannot be read: " + why);
    }

    /** Code {@code listing_too_long}: a listing has more entries than its bound. */
    public static GoogleCloudException listingTooLong(String what, int longest) {
        return new GoogleCloudException(
                Kind.LIMIT, "listing_too_long", what + " has more than " + longest + " entries");
    }

    /** Code {@code query_invalid}: the query is not one SELECT that BigQuery understands. */
    public static GoogleCloudException queryInvalid(String what, String why) {
        return new GoogleCloudException(Kind.REQUEST, "query_invalid", what + ": " + why);
    }

    /** Code {@code table_invalid}: the fields of a registered table name no table. */
    public static GoogleCloudException tableInvalid(String what, String why) {
        return new GoogleCloudException(Kind.REQUEST, "table_invalid", what + ": " + why);
    }

    /** Code {@code cost_limit_exceeded}: a query would scan more than it may. It did not run. */
    public static GoogleCloudException costLimitExceeded(String what, long bytes, long limit) {
        return new GoogleCloudException(
                Kind.LIMIT,
                "cost_limit_exceeded",
                what + " would scan " + bytes + " bytes; max-bytes-per-materialize is " + limit);
    }

    /** Code {@code cost_limit_exceeded}: BigQuery ended a query that would be billed for more than it may. */
    public static GoogleCloudException billLimitExceeded(String what, String said) {
        return new GoogleCloudException(
                Kind.LIMIT, "cost_limit_exceeded", what + " exceeds max-bytes-per-materialize: " + said);
    }

    /** Code {@code export_timeout}: the job did not end in time, and was cancelled. */
    public static GoogleCloudException exportTimeout(String what, Duration timeout) {
        return new GoogleCloudException(
                Kind.LIMIT,
                "export_timeout",
                what + " had not ended after job-timeout of " + timeout.toSeconds() + " s");
    }

    /** Code {@code export_stopped}: another program cancelled the job, or BigQuery did at its own limit. */
    public static GoogleCloudException exportStopped(String what, String said) {
        return new GoogleCloudException(
                Kind.SOURCE_PASSING, "export_stopped", "the export of " + what + " was stopped: " + said);
    }

    /** Code {@code export_failed}: BigQuery could not write the files. */
    public static GoogleCloudException exportFailed(String what, String reason, String said) {
        return new GoogleCloudException(
                Kind.SOURCE_FINAL, "export_failed", "the export of " + what + " failed: " + reason + ": " + said);
    }

    /** Code {@code export_partial}: the export has other rows than the table. */
    public static GoogleCloudException exportPartial(String what, long expected, long found, String why) {
        return new GoogleCloudException(
                Kind.SOURCE_FINAL,
                "export_partial",
                what + ": expected " + expected + " rows, found " + found + ": " + why);
    }

    /** Code {@code shards_missing}: the bucket holds other objects than the job says that it wrote. */
    public static GoogleCloudException shardsMissing(String what, long expected, long found) {
        return new GoogleCloudException(
                Kind.SOURCE_PASSING,
                "shards_missing",
                "the export of " + what + ": expected shards 0 to " + (expected - 1) + ", found " + found + " objects");
    }

    /** Code {@code shards_unmergeable}: the shards differ in a way that cannot be merged without guessing. */
    public static GoogleCloudException shardsUnmergeable(String what, String why) {
        return new GoogleCloudException(
                Kind.SOURCE_FINAL, "shards_unmergeable", "the shards of " + what + " cannot become one file: " + why);
    }

    /** Code {@code disk_full}: the disk has less space than the export needs, so nothing was downloaded. */
    public static GoogleCloudException diskFull(String what, long needed, long usable) {
        return new GoogleCloudException(
                Kind.LIMIT,
                "disk_full",
                what + " needs " + needed + " bytes of disk, expected as many to be free, found " + usable);
    }

    /**
     * Code {@code conversion_failed}: DuckDB could not write the file.
     *
     * @param limit whether memory or disk was at its limit
     */
    public static GoogleCloudException conversionFailed(String what, boolean limit, String said, Throwable cause) {
        return new GoogleCloudException(
                limit ? Kind.LIMIT : Kind.SOURCE_FINAL,
                "conversion_failed",
                what + " could not be written as Parquet: " + said,
                cause);
    }

    /** Code {@code conversion_damaged}: the file that was written does not hold what it was written from. */
    public static GoogleCloudException conversionDamaged(Throwable cause) {
        return new GoogleCloudException(
                Kind.SOURCE_PASSING, "conversion_damaged", String.valueOf(cause.getMessage()), cause);
    }

    /** Code {@code staging_bucket_needed}: a table is too large to be read in pages. */
    public static GoogleCloudException stagingBucketNeeded(String what, long bytes, long limit) {
        return new GoogleCloudException(
                Kind.LIMIT,
                "staging_bucket_needed",
                what + " has " + bytes + " bytes or more; without staging-bucket, paged-limit-bytes of " + limit
                        + " is the most");
    }
}
