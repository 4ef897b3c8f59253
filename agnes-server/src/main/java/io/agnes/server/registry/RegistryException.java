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
