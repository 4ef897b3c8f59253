// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.AgnesException;
import io.agnes.core.CoreException;
import io.agnes.core.duckdb.DuckDbException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What Keboola refused, or failed to do. No message holds a token, a query or a body. */
public final class KeboolaException extends AgnesException {
    private static final long serialVersionUID = 1L;

    private KeboolaException(Kind kind, String code, String message, @Nullable Throwable cause) {
        super(kind, code, message, cause);
    }

    private KeboolaException(Kind kind, String code, String message) {
        this(kind, code, message, null);
    }

    /** Code {@code filter_invalid}: a filter that no backend could understand. */
    static KeboolaException filterInvalid(String why) {
        return new KeboolaException(Kind.REQUEST, "filter_invalid", "export filter: " + why);
    }

    /** Code {@code client_closed}: the client was closed before or while it was called. */
    static KeboolaException clientClosed() {
        return new KeboolaException(Kind.REQUEST, "client_closed", "the client was closed");
    }

    /** Code {@code disk_full}: the disk has less space than the export needs, so nothing was downloaded. */
    static KeboolaException diskFull(String table, long needed, long usable) {
        return new KeboolaException(
                Kind.LIMIT,
                "disk_full",
                "table " + table + " needs " + needed + " bytes of disk, expected as many to be free, found " + usable);
    }

    /** Code {@code request_refused}: Keboola says that what was asked for is wrong. */
    static KeboolaException requestRefused(String what, int status, String said) {
        return new KeboolaException(
                Kind.REQUEST, "request_refused", what + " was refused with HTTP " + status + ": " + said);
    }

    /** Code {@code token_invalid}: the stack does not know the token, or no longer. No table is at fault, the setting is. */
    static KeboolaException tokenInvalid(String host) {
        return new KeboolaException(
                Kind.REQUEST,
                "token_invalid",
                host + " does not accept the Storage API token; it is valid on its own stack only");
    }

    /** Code {@code access_denied}: the token may not do this. */
    static KeboolaException accessDenied(String what, String said) {
        return new KeboolaException(
                Kind.SOURCE_FINAL, "access_denied", what + " is denied to the Storage API token: " + said);
    }

    /** Code {@code table_not_found}. */
    static KeboolaException tableNotFound(String table) {
        return new KeboolaException(Kind.SOURCE_FINAL, "table_not_found", "table " + table + " is not in the project");
    }

    /** Code {@code bucket_not_found}. */
    static KeboolaException bucketNotFound(String bucket) {
        return new KeboolaException(
                Kind.SOURCE_FINAL, "bucket_not_found", "bucket " + bucket + " is not in the project");
    }

    /** Code {@code file_expired}: the exported file is gone, or another export that shares it deleted it. */
    static KeboolaException fileExpired(String what) {
        return new KeboolaException(
                Kind.SOURCE_PASSING, "file_expired", what + " is no longer there; exports are kept for two days");
    }

    /** Code {@code export_failed}: Keboola could not write the files. */
    static KeboolaException exportFailed(String table, String said) {
        return new KeboolaException(
                Kind.SOURCE_FINAL, "export_failed", "the export of table " + table + " failed: " + said);
    }

    /** Code {@code export_timeout}: the job did not end in time; it cannot be cancelled and may still end. */
    static KeboolaException exportTimeout(String table, String job, Duration timeout, String status) {
        return new KeboolaException(
                Kind.LIMIT,
                "export_timeout",
                "the export of table " + table + " (job " + job + ") is still " + status + " after export-timeout of "
                        + timeout.toSeconds() + " s");
    }

    /** Code {@code export_too_large}: a bound on what is read was reached. */
    static KeboolaException tooLarge(String what, String limit) {
        return new KeboolaException(Kind.LIMIT, "export_too_large", what + " exceeds " + limit);
    }

    /** Code {@code rate_limited}: still refused after every retry. */
    static KeboolaException rateLimited(String what) {
        return new KeboolaException(
                Kind.SOURCE_PASSING,
                "rate_limited",
                what + " was refused with HTTP 429 until the retry budget was spent");
    }

    /** Code {@code maintenance}: the project is closed for a while. */
    static KeboolaException maintenance(String host, String until, String reason) {
        return new KeboolaException(
                Kind.SOURCE_PASSING, "maintenance", host + " is in maintenance until " + until + ": " + reason);
    }

    /** Code {@code source_unavailable}: server errors until the retries were spent. */
    static KeboolaException unavailable(String what, int status, String said) {
        return new KeboolaException(
                Kind.SOURCE_PASSING, "source_unavailable", what + " was answered with HTTP " + status + ": " + said);
    }

    /** Code {@code source_unreachable}: no answer until the retries were spent. */
    static KeboolaException unreachable(String what, Throwable cause) {
        return new KeboolaException(Kind.SOURCE_PASSING, "source_unreachable", what + " got no answer", cause);
    }

    /** Code {@code answer_unreadable}: something that is not Keboola answered, or Keboola changed. */
    static KeboolaException answerUnreadable(String what, String expected) {
        return new KeboolaException(
                Kind.SOURCE_PASSING, "answer_unreadable", what + ": expected " + expected + ", found something else");
    }

    /** Code {@code redirect_refused}: an answer pointed elsewhere; a token is not sent there. */
    static KeboolaException redirectRefused(String what, int status) {
        return new KeboolaException(
                Kind.SOURCE_FINAL,
                "redirect_refused",
                what + " was answered with a redirect (HTTP " + status + "), which is not followed");
    }

    /** Code {@code certificate_refused}: the host has no certificate that this machine trusts. */
    static KeboolaException certificateRefused(String host, Throwable cause) {
        return new KeboolaException(
                Kind.SOURCE_FINAL,
                "certificate_refused",
                "host " + host + " shows no certificate for it that this machine trusts",
                cause);
    }

    /** Code {@code target_refused}: an address of this machine or of a private network, or no HTTPS. */
    static KeboolaException targetRefused(String host) {
        return new KeboolaException(
                Kind.SOURCE_FINAL,
                "target_refused",
                "host " + host
                        + " is not contacted: it is no public address reached by HTTPS that the export may lie at");
    }

    /** Code {@code storage_unknown}: the file detail lacks what is needed to read the object store. */
    static KeboolaException storageUnknown(String file, String why) {
        return new KeboolaException(Kind.SOURCE_FINAL, "storage_unknown", "file " + file + ": " + why);
    }

    /** Code {@code storage_denied}: the object store refuses even fresh credentials. */
    static KeboolaException storageDenied(String object, int status) {
        return new KeboolaException(
                Kind.SOURCE_PASSING,
                "storage_denied",
                object + " was refused with HTTP " + status + " although the credentials are fresh");
    }

    /** Code {@code manifest_foreign}: a manifest names something outside the export. */
    static KeboolaException manifestForeign(String expected) {
        return new KeboolaException(
                Kind.SOURCE_FINAL,
                "manifest_foreign",
                "the manifest names an object outside the export: expected " + expected);
    }

    /** Code {@code manifest_invalid}: a manifest cannot be read. */
    static KeboolaException manifestInvalid(String file, String why) {
        return new KeboolaException(Kind.SOURCE_FINAL, "manifest_invalid", "the manifest of file " + file + " " + why);
    }

    /** Code {@code slice_missing}: the manifest names a slice that the object store does not have. */
    static KeboolaException sliceMissing(String object) {
        return new KeboolaException(
                Kind.SOURCE_PASSING, "slice_missing", "slice " + object + " is not in the object store");
    }

    /** Code {@code slice_cut}: the bytes of a slice ended too early after every retry. */
    static KeboolaException sliceCut(String object, long expected, long found, Throwable cause) {
        return new KeboolaException(
                Kind.SOURCE_PASSING,
                "slice_cut",
                "slice " + object + ": expected " + expected + " bytes, found " + found
                        + " and no more after every retry",
                cause);
    }

    /** Code {@code slice_stalled}: a slice stalled after every retry. */
    static KeboolaException sliceStalled(String object, long at, Duration idle) {
        return new KeboolaException(
                Kind.SOURCE_PASSING,
                "slice_stalled",
                "slice " + object + " stood still at byte " + at + " for slice-idle-timeout of " + idle.toSeconds()
                        + " s, again and again");
    }

    /** Code {@code slice_changed}: the object store answered with another range or length than before. */
    static KeboolaException sliceChanged(String object, String expected, String found) {
        return new KeboolaException(
                Kind.SOURCE_PASSING,
                "slice_changed",
                "slice " + object + ": expected " + expected + ", found " + found);
    }

    /** Code {@code slice_damaged}: a slice is damaged. */
    static KeboolaException sliceDamaged(String object, String why, @Nullable Throwable cause) {
        return new KeboolaException(Kind.SOURCE_PASSING, "slice_damaged", "slice " + object + " " + why, cause);
    }

    /** Code {@code slices_unmergeable}: the slices differ in a way that cannot be merged without guessing. */
    static KeboolaException unmergeable(String table, String why) {
        return new KeboolaException(
                Kind.SOURCE_FINAL,
                "slices_unmergeable",
                "the slices of table " + table + " cannot become one file: " + why);
    }

    /** Code {@code conversion_failed}: DuckDB could not write the file: memory, disk, or data that it cannot read. */
    static KeboolaException conversionFailed(String what, DuckDbException cause) {
        return new KeboolaException(
                cause.isLimit() ? Kind.LIMIT : Kind.SOURCE_FINAL,
                "conversion_failed",
                what + " could not be written as Parquet: " + cause.said(),
                cause);
    }

    /** Code {@code conversion_damaged}: the file that was written does not hold what it was written from. */
    static KeboolaException conversionDamaged(CoreException cause) {
        return new KeboolaException(
                Kind.SOURCE_PASSING, "conversion_damaged", String.valueOf(cause.getMessage()), cause);
    }

    /** Code {@code rows_lost}: fewer or more rows were written than were read. */
    static KeboolaException rowsLost(String what, long expected, long found) {
        return new KeboolaException(
                Kind.SOURCE_PASSING, "rows_lost", what + ": expected " + expected + " rows, found " + found);
    }
}
