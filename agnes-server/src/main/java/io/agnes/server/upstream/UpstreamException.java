// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.upstream;

import io.agnes.core.AgnesException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** An older installation cannot be read. Nothing was changed in either installation. */
public final class UpstreamException extends AgnesException {
    private static final long serialVersionUID = 1L;

    private UpstreamException(Kind kind, String code, String message, @Nullable Throwable cause) {
        super(kind, code, message, cause);
    }

    /** Code {@code upstream_missing}. */
    static UpstreamException missing(Path file) {
        return new UpstreamException(Kind.REQUEST, "upstream_missing", "there is no file " + file, null);
    }

    /** Code {@code upstream_unreadable}: not a DuckDB file, or not one that can be read. */
    static UpstreamException unreadable(Path file, String why, Throwable cause) {
        return new UpstreamException(
                Kind.REQUEST, "upstream_unreadable", "file " + file + " cannot be read: " + why, cause);
    }

    /** Code {@code upstream_held}: a program has it open for writing. */
    static UpstreamException held(Path file, String holder, Throwable cause) {
        return new UpstreamException(
                Kind.REQUEST,
                "upstream_held",
                "database " + file + " is held by " + holder + "; stop that program and try again",
                cause);
    }

    /** Code {@code upstream_version}: it does not say which schema it has. */
    static UpstreamException versionMissing(Path file) {
        return new UpstreamException(
                Kind.REQUEST,
                "upstream_version",
                "database " + file + " has no schema_version; expected the system.duckdb of Agnes for Python, schema "
                        + UpstreamSchema.OLDEST + " or later",
                null);
    }

    /** Code {@code upstream_version}: older than what can be read. */
    static UpstreamException tooOld(Path file, int found) {
        return new UpstreamException(
                Kind.REQUEST,
                "upstream_version",
                "database " + file + " has schema " + found + ", expected " + UpstreamSchema.OLDEST
                        + " or later; a newer Agnes for Python brings it up when it is started on it",
                null);
    }

    /** Code {@code upstream_column_missing}: its schema is not what its version promises, or a newer one differs. */
    static UpstreamException columnMissing(Path file, int version, String column) {
        String known = version > UpstreamSchema.NEWEST ? ", newer than " + UpstreamSchema.NEWEST + "," : "";
        return new UpstreamException(
                Kind.REQUEST,
                "upstream_column_missing",
                "database " + file + " has schema " + version + known + " and no column " + column,
                null);
    }

    /** Code {@code upstream_too_large}. */
    static UpstreamException tooLarge(Path file, String table, int bound) {
        return new UpstreamException(
                Kind.LIMIT,
                "upstream_too_large",
                "database " + file + " has more than " + bound + " rows in " + table + ", which is the bound",
                null);
    }
}
