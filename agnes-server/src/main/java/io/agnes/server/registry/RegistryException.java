// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import io.agnes.core.RegistryFailedException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The registry on DuckDB failed and changed nothing. The code says how. */
public final class RegistryException extends RegistryFailedException {
    private static final long serialVersionUID = 1L;

    private RegistryException(String code, String message, @Nullable Throwable cause) {
        super(code, message, cause);
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

    /** The end of a message, which names what a person can do. */
    private static String decide(Path file) {
        return "; restore it with its .journal from a backup, or, to go on without what is missing, move " + file
                + ".journal and " + file + ".wal to another directory and start again, which says how to accept that";
    }

    private static String accept(String word) {
        return "; restore it with its .journal from a backup, or, to go on without what is missing, start again once"
                + " with --registry.accept-loss " + word;
    }

    /** @param last the last change it is known to have had; empty if unknown */
    static RegistryException missing(Path file, Optional<Long> last, String word) {
        return new RegistryException(
                "registry_incomplete",
                "registry " + file + " is missing, and its snapshot too, though "
                        + last.map(sequence -> "it had its changes 1 to " + sequence)
                                .orElse("what it knew of lies beside it")
                        + ": an empty registry would have no table, user, grant or token" + accept(word),
                null);
    }

    static RegistryException journalMissing(Path file, Path journal, long last, String word) {
        return new RegistryException(
                "registry_incomplete",
                "registry journal " + journal + " is missing; " + file + " has its changes 1 to " + last
                        + ", and later ones, as a token that was revoked, may be lost" + accept(word),
                null);
    }

    static RegistryException older(Path file, long from, long to, String word) {
        return new RegistryException(
                "registry_incomplete",
                "registry " + file + " is an older one: it lacks its changes " + from + " to " + to + accept(word),
                null);
    }

    static RegistryException replaced(Path file, Path history, String word) {
        return new RegistryException(
                "registry_incomplete",
                "registry " + file + " is another one than " + history + " was written beside" + accept(word),
                null);
    }

    static RegistryException journalUnreadable(Path journal) {
        return new RegistryException(
                "registry_incomplete",
                "registry journal " + journal
                        + " cannot be read, so nobody can say whether the registry is whole; restore"
                        + " it from a backup, or, to go on with what the registry has, move it to another directory"
                        + " and start again, which says how to accept that",
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

    static RegistryException miscounted(Path file, Map<String, Long> expected, Map<String, Long> found) {
        return new RegistryException(
                "backup_damaged", "backup " + file + ": expected rows " + expected + ", found " + found, null);
    }

    static RegistryException unusable(Path file, String why, @Nullable Throwable cause) {
        return new RegistryException("backup_unusable", "backup " + file + " cannot be restored: " + why, cause);
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
