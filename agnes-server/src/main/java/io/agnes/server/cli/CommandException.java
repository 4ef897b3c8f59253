package io.agnes.server.cli;

import io.agnes.core.AgnesException;
import org.jspecify.annotations.Nullable;

/** Why a command could not do its work. */
final class CommandException extends AgnesException {
    private static final long serialVersionUID = 1L;

    private CommandException(Kind kind, String code, String message, @Nullable Throwable cause) {
        super(kind, code, message, cause);
    }

    static CommandException unreachable(String server, Throwable cause) {
        return new CommandException(
                Kind.SOURCE_PASSING, "server_unreachable", "no Agnes server answers at " + server, cause);
    }

    static CommandException refused(String server, int status, String code, String detail) {
        return new CommandException(
                Kind.REQUEST, code, "the server at " + server + " answered " + status + ": " + detail, null);
    }

    static CommandException cut(String what, long expected, long found, @Nullable Throwable cause) {
        return new CommandException(
                Kind.SOURCE_PASSING,
                "download_cut",
                "table " + what + ": expected " + expected + " bytes, the download ended after " + found,
                cause);
    }

    static CommandException corrupt(String what, String expected, String found) {
        return new CommandException(
                Kind.SOURCE_PASSING,
                "download_corrupt",
                "table " + what + ": expected SHA-256 " + expected + ", downloaded " + found,
                null);
    }

    static CommandException noRoom(String directory, long needed, long free) {
        return new CommandException(
                Kind.LIMIT,
                "disk_full",
                "directory " + directory + ": " + needed + " bytes are needed, " + free + " are free",
                null);
    }

    static CommandException tokenMissing() {
        return new CommandException(
                Kind.REQUEST, "unauthenticated", "no token: set AGNES_TOKEN, or name a file with --token-file", null);
    }

    static CommandException tableUnknown(String table) {
        return new CommandException(
                Kind.REQUEST, "table_unknown", "table " + table + " is not among those you may read", null);
    }

    static CommandException unreadable(String what, Throwable cause) {
        return new CommandException(Kind.REQUEST, "file_unreadable", what + " cannot be read", cause);
    }

    static CommandException portInUse(int port, Throwable cause) {
        return new CommandException(
                Kind.REQUEST, "port_in_use", "cannot listen on 127.0.0.1:" + port + ": " + cause.getMessage(), cause);
    }

    static CommandException wrong(String message) {
        return new CommandException(Kind.SOURCE_FINAL, "check_failed", message, null);
    }
}
