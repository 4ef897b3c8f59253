// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.AgnesException;
import io.agnes.core.CoreException;
import io.agnes.core.Printable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A command failed. The message is printable, also where it quotes a server. */
final class CommandException extends AgnesException {
    private static final long serialVersionUID = 1L;

    private final int status;

    private CommandException(Kind kind, String code, String message, @Nullable Throwable cause) {
        this(kind, code, message, 0, cause);
    }

    private CommandException(Kind kind, String code, String message, int status, @Nullable Throwable cause) {
        super(kind, code, message, cause);
        this.status = status;
    }

    /**
     * The HTTP status of the server's answer; 0 if the failure did not come from an answer. The code is then the
     * server's.
     */
    int status() {
        return status;
    }

    static CommandException unreachable(String server, ExchangeException cause) {
        String what = cause.reached() ? "no answer came from " : "no Agnes server answers at ";
        return new CommandException(
                Kind.SOURCE_PASSING, "server_unreachable", what + server + ": " + cause.getMessage(), cause);
    }

    static CommandException refused(String server, int status, String code, String detail) {
        return new CommandException(
                Kind.REQUEST,
                code,
                "the server at " + server + " answered " + status + ": " + ServerText.of(detail),
                status,
                null);
    }

    /** Adds the table to the message of a failure. */
    static CommandException about(String table, CommandException e) {
        return new CommandException(
                e.kind(), e.code(), "table " + table + ": " + e.getMessage(), e.status(), e.getCause());
    }

    static CommandException malformed(String server, String path, @Nullable String why) {
        return new CommandException(
                Kind.SOURCE_FINAL,
                "answer_malformed",
                "the answer of " + server + " to " + path + " is malformed: " + ServerText.of(String.valueOf(why)),
                null);
    }

    static CommandException addressInvalid(String address, String why) {
        return new CommandException(
                Kind.REQUEST, "address_invalid", "server address " + ServerText.of(address) + " " + why, null);
    }

    static CommandException cut(String table, String server, long expected, long found, IOException cause) {
        return new CommandException(
                Kind.SOURCE_PASSING,
                "download_cut",
                "table " + table + ": expected " + expected + " bytes, the download from " + server + " ended after "
                        + found + ": " + cause.getMessage(),
                cause);
    }

    static CommandException tooLong(String table, String server, long expected) {
        return new CommandException(
                Kind.SOURCE_PASSING,
                "download_too_long",
                "table " + table + ": expected " + expected + " bytes, " + server + " sends more",
                null);
    }

    static CommandException versionChanged(String table, String server) {
        return new CommandException(
                Kind.SOURCE_PASSING,
                "version_changed",
                "table " + table + ": " + server + " has another version by now; pull again",
                null);
    }

    static CommandException corrupt(String table, String expected, String found) {
        return new CommandException(
                Kind.SOURCE_PASSING,
                "download_corrupt",
                "table " + table + ": expected SHA-256 " + expected + ", downloaded " + found,
                null);
    }

    static CommandException noRoom(String table, String directory, long needed, long free) {
        return new CommandException(
                Kind.LIMIT,
                "disk_full",
                "table " + table + ": " + needed + " bytes are needed in directory " + directory + ", " + free
                        + " are free",
                null);
    }

    static CommandException unwritable(String table, Path file, IOException cause) {
        return new CommandException(
                Kind.LIMIT,
                "file_unwritable",
                "table " + table + ": file " + file + " cannot be written: " + CoreException.reason(cause),
                cause);
    }

    static CommandException notOrdinary(String table, Path file) {
        return new CommandException(
                Kind.LIMIT,
                "file_unwritable",
                "table " + table + ": " + file + " is a link or something else that is no ordinary file",
                null);
    }

    static CommandException directoryHeld(Path directory, String holder) {
        return new CommandException(
                Kind.REQUEST,
                "directory_held",
                "directory " + directory + " is held by " + holder + ", which pulls into it; --wait waits for its end",
                null);
    }

    static CommandException directoryOfServer(Path directory) {
        return new CommandException(
                Kind.REQUEST,
                "directory_unusable",
                "data directory " + directory + " is that of a server; the demo needs one of its own",
                null);
    }

    static CommandException registryMissing(Path directory) {
        return new CommandException(
                Kind.REQUEST, "directory_unusable", "data directory " + directory + " holds no registry", null);
    }

    static CommandException tokenMissing() {
        return new CommandException(
                Kind.REQUEST, "unauthenticated", "no token: set AGNES_TOKEN, or name a file with --token-file", null);
    }

    static CommandException tokenInvalid(String where) {
        return new CommandException(
                Kind.REQUEST, "token_invalid", where + " is no token: a token is printable, without spaces", null);
    }

    static CommandException tableUnknown(String table) {
        return new CommandException(
                Kind.REQUEST, "table_unknown", "table " + table + " is not among those you may read", null);
    }

    static CommandException tableUnpublished(String table) {
        return new CommandException(
                Kind.SOURCE_PASSING, "table_unpublished", "table " + table + " has nothing published yet", null);
    }

    static CommandException runTooLong(String run, String server, String longest) {
        return new CommandException(
                Kind.SOURCE_PASSING,
                "run_too_long",
                "run " + run + " at " + server + " has not ended within " + longest + " and goes on",
                null);
    }

    static CommandException unreadable(String what, Throwable cause) {
        return new CommandException(Kind.REQUEST, "file_unreadable", what + " cannot be read", cause);
    }

    /** @param kind {@code file}, {@code folder} or {@code list} */
    static CommandException unreadableFile(String kind, Path file, IOException cause) {
        return new CommandException(
                Kind.REQUEST, "file_unreadable", kind + " " + shown(file) + " cannot be read: " + words(cause), cause);
    }

    /** @param doing the failed action, for example {@code making out.parquet} */
    static CommandException failed(String doing, IOException cause) {
        return new CommandException(Kind.LIMIT, "input_output_failed", doing + " failed: " + located(cause), cause);
    }

    /** A named file cannot be processed. */
    static CommandException unusable(String message) {
        return new CommandException(Kind.REQUEST, "input_unusable", message, null);
    }

    /** @param name as on the command line */
    static CommandException outputUnusable(String name, String why) {
        return new CommandException(
                Kind.REQUEST, "output_unusable", "OUT " + shown(name) + " cannot be written: " + why, null);
    }

    /** A path as printable text, without control characters. */
    static String shown(Path path) {
        return shown(path.toString());
    }

    /** A name as printable text, with {@code ''} for an empty one. */
    static String shown(String name) {
        return name.isEmpty() ? "''" : Printable.of(name);
    }

    /** The reason of a file system error, without the path. */
    static String words(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> "it does not exist";
            case AccessDeniedException denied -> "permission denied";
            case NotDirectoryException file -> "it is no folder";
            case FileSystemException other when other.getReason() != null -> Printable.of(other.getReason());
            default -> Printable.of(String.valueOf(e.getMessage()));
        };
    }

    private static String located(IOException e) {
        if (e instanceof FileSystemException refused && refused.getFile() != null) {
            return shown(refused.getFile()) + ": " + words(e);
        }
        return words(e);
    }

    static CommandException portInUse(int port, Throwable cause) {
        return new CommandException(
                Kind.REQUEST, "port_in_use", "cannot listen on 127.0.0.1:" + port + ": " + cause.getMessage(), cause);
    }

    static CommandException wrong(String message) {
        return new CommandException(Kind.SOURCE_FINAL, "check_failed", message, null);
    }

    /** Code {@code audit_broken}: a record of the audit was changed, removed or replaced. */
    static CommandException auditBroken(String why) {
        return new CommandException(Kind.SOURCE_FINAL, "audit_broken", "the audit is broken: " + why, null);
    }

    static CommandException interrupted() {
        return new CommandException(Kind.REQUEST, "interrupted", "interrupted", null);
    }
}
