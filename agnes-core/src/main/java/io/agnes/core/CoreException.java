// SPDX-License-Identifier: Apache-2.0
package io.agnes.core;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A failure of core: files, drafts, runs. */
public final class CoreException extends AgnesException {
    private static final long serialVersionUID = 1L;

    private CoreException(Kind kind, String code, String message, @Nullable Throwable cause) {
        super(kind, code, message, cause);
    }

    /** Code {@code directory_unusable}: a directory cannot be made or written to; the message says why. */
    public static CoreException directoryUnusable(String what, Path directory, IOException cause) {
        return directoryUnusable(what, directory, reason(cause));
    }

    /** Code {@code directory_unusable}. */
    public static CoreException directoryUnusable(String what, Path directory, String why) {
        return new CoreException(
                Kind.LIMIT, "directory_unusable", what + " " + directory + " cannot be used: " + why, null);
    }

    /** The reason of the operating system, without the path. */
    public static String reason(IOException cause) {
        return switch (cause) {
            case FileAlreadyExistsException exists -> "Not a directory";
            case NoSuchFileException missing -> "No such file or directory";
            case AccessDeniedException denied -> "Permission denied";
            case FileSystemException other -> String.valueOf(other.getReason());
            default -> String.valueOf(cause.getMessage());
        };
    }

    /** Code {@code directory_held}: another process owns the data directory. */
    public static CoreException directoryHeld(Path directory, String holder) {
        return new CoreException(
                Kind.LIMIT, "directory_held", "data directory " + directory + " is held by " + holder, null);
    }

    /** Code {@code draft_rejected}: a draft failed its verification and was not published. */
    public static CoreException draftRejected(TableId table, String expected, String found) {
        return new CoreException(
                Kind.SOURCE_PASSING,
                "draft_rejected",
                "table " + table + ": expected " + expected + ", found " + found,
                null);
    }

    /** Code {@code conversion_damaged}: a converted file differs from its input. */
    public static CoreException conversionDamaged(String what, String difference) {
        return new CoreException(
                Kind.SOURCE_PASSING,
                "conversion_damaged",
                what + " became a Parquet file that does not hold the same: " + difference,
                null);
    }

    /** Code {@code field_ids_exhausted}: the versions of a table had more fields over time than ids are stored for. */
    public static CoreException fieldIdsExhausted(long fields, int bound) {
        return new CoreException(
                Kind.LIMIT,
                "field_ids_exhausted",
                "its versions had " + fields + " different columns and nested fields over time, more than " + bound
                        + "; register the table under another id",
                null);
    }

    /** Code {@code version_unverified}: the content of a version was touched, and its verification takes too long. */
    public static CoreException versionUnverified(TableId table) {
        return new CoreException(
                Kind.LIMIT,
                "version_unverified",
                "table " + table + ": its file was touched and could not be verified in time",
                null);
    }

    /** Code {@code version_quarantined}: a source reports no change, but the version it refers to is damaged. */
    public static CoreException versionQuarantined(TableId table) {
        return new CoreException(
                Kind.SOURCE_PASSING,
                "version_quarantined",
                "table " + table + ": its version is quarantined, and the source sent no other",
                null);
    }

    /** Code {@code local_file_missing}: no program has dropped a file for the table. */
    public static CoreException localFileMissing(TableId table) {
        return new CoreException(
                Kind.SOURCE_FINAL,
                "local_file_missing",
                "table " + table + ": no file " + table + ".parquet below extracts or src_data/parquet",
                null);
    }

    /** Code {@code local_file_changing}: the file was written to while it was copied. */
    public static CoreException localFileChanging(TableId table) {
        return new CoreException(
                Kind.SOURCE_PASSING,
                "local_file_changing",
                "table " + table + ": its file changed while it was copied",
                null);
    }

    /** Code {@code source_unknown}: no source of that type is configured. */
    public static CoreException sourceUnknown(TableId table, String type) {
        return new CoreException(
                Kind.REQUEST,
                "source_unknown",
                "table " + table + ": no source of type " + type + " is configured",
                null);
    }

    /** Code {@code source_timeout}: a source did not answer a question in time. */
    public static CoreException sourceTimeout(String what, Duration longest) {
        return new CoreException(
                Kind.SOURCE_PASSING,
                "source_timeout",
                what + ": the source did not answer within " + longest.toSeconds() + " s",
                null);
    }

    /** Code {@code schedule_invalid}: a text is not a schedule. */
    public static CoreException scheduleInvalid(String expected, String found) {
        return new CoreException(
                Kind.REQUEST, "schedule_invalid", "schedule: expected " + expected + ", found " + found, null);
    }

    /** Code {@code object_missing}: an object is not in its store. */
    public static CoreException objectMissing(String object) {
        return new CoreException(
                Kind.SOURCE_PASSING, "object_missing", "object " + object + " is not in its store", null);
    }

    /** Code {@code object_changed}: an object is no longer the one that was looked up. */
    public static CoreException objectChanged(String object, String expected, String found) {
        return new CoreException(
                Kind.SOURCE_PASSING,
                "object_changed",
                "object " + object + ": expected " + expected + ", found " + found,
                null);
    }

    /** Code {@code object_cut}: the bytes of an object ended too early after every retry. */
    public static CoreException objectCut(String object, long expected, long found, IOException cause) {
        return new CoreException(
                Kind.SOURCE_PASSING,
                "object_cut",
                "object " + object + ": expected " + expected + " bytes, found " + found + " after every retry",
                cause);
    }

    /** Code {@code object_stalled}: the bytes of an object stalled after every retry. */
    public static CoreException objectStalled(String object, long at, Duration idle) {
        return new CoreException(
                Kind.SOURCE_PASSING,
                "object_stalled",
                "object " + object + " stalled at byte " + at + " for " + idle.toSeconds() + " s after every retry",
                null);
    }
}
