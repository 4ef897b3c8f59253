package io.agnes.server.cli;

import io.agnes.core.AgnesException;
import io.agnes.core.Printable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
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

    /** @param kind {@code file}, {@code folder} or {@code list} */
    static CommandException unreadableFile(String kind, Path file, IOException cause) {
        return new CommandException(
                Kind.REQUEST, "file_unreadable", kind + " " + shown(file) + " cannot be read: " + words(cause), cause);
    }

    /** @param doing what was under way, such as {@code making out.parquet} */
    static CommandException failed(String doing, IOException cause) {
        return new CommandException(Kind.LIMIT, "input_output_failed", doing + " failed: " + located(cause), cause);
    }

    /** What was named cannot be worked on. */
    static CommandException unusable(String message) {
        return new CommandException(Kind.REQUEST, "input_unusable", message, null);
    }

    /** @param name as on the command line */
    static CommandException outputUnusable(String name, String why) {
        return new CommandException(
                Kind.REQUEST, "output_unusable", "OUT " + shown(name) + " cannot be written: " + why, null);
    }

    /** A path for people: nothing in it that a terminal would obey. */
    static String shown(Path path) {
        return shown(path.toString());
    }

    /** A name for people; quotes make an empty one visible. */
    static String shown(String name) {
        return name.isEmpty() ? "''" : Printable.of(name);
    }

    /** Why the file system refused, without the path. */
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

    static CommandException wrong(String message) {
        return new CommandException(Kind.SOURCE_FINAL, "check_failed", message, null);
    }
}
