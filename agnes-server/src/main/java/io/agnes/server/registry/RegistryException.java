package io.agnes.server.registry;

import io.agnes.core.AgnesException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What the registry could not do. Nothing was changed. */
public final class RegistryException extends AgnesException {
    private static final long serialVersionUID = 1L;

    private RegistryException(String code, String message, @Nullable Throwable cause) {
        super(Kind.LIMIT, code, message, cause);
    }

    static RegistryException failed(Exception cause) {
        return new RegistryException("registry_failed", "the registry failed", cause);
    }

    static RegistryException busy(int bound) {
        return new RegistryException(
                "registry_busy", "the registry has " + bound + " calls waiting, which is its bound", null);
    }

    static RegistryException closed() {
        return new RegistryException("registry_closed", "the registry is closed", null);
    }

    static RegistryException unopenable(Path file, Exception cause) {
        return new RegistryException(
                "registry_unopenable", "registry " + file + " cannot be opened: " + cause.getMessage(), cause);
    }

    /** The sentence names what a person can do, since nothing else will make it start again. */
    private static String decide(Path file) {
        return "; restore it with its .journal from a backup, or, to go on without what is missing, move " + file
                + ".journal and " + file + ".wal to another directory and start again";
    }

    static RegistryException journalUnreadable(Path journal) {
        return new RegistryException(
                "registry_incomplete",
                "registry journal " + journal
                        + " cannot be read, so nobody can say whether the registry is whole; restore"
                        + " it from a backup, or, to go on with what the registry has, move it to another directory"
                        + " and start again",
                null);
    }

    static RegistryException incomplete(Path file, Path journal, long from, long to) {
        return new RegistryException(
                "registry_incomplete",
                "registry " + file + " lacks its changes " + from + " to " + to + ", and " + journal
                        + " has not got them either" + decide(file),
                null);
    }

    static RegistryException otherHistory(Path file, Path journal) {
        return new RegistryException(
                "registry_incomplete",
                "registry " + file + " and " + journal + " are not of one history" + decide(file),
                null);
    }

    static RegistryException reopening() {
        return new RegistryException("registry_reopening", "the registry failed and is being opened again", null);
    }

    static RegistryException lost(Path file, Exception cause) {
        return new RegistryException(
                "registry_lost",
                "registry " + file + " failed and cannot be opened again: " + cause.getMessage(),
                cause);
    }

    static RegistryException tooNew(Path file, int found, int known) {
        return new RegistryException(
                "registry_too_new",
                "registry " + file + " has schema " + found + ", this program knows up to " + known
                        + "; start the newer program that wrote it",
                null);
    }

    static RegistryException migrationChanged(Path file, int version) {
        return new RegistryException(
                "migration_changed",
                "registry " + file + ": migration " + version + " was applied with other text than this program has",
                null);
    }
}
