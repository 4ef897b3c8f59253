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
}
