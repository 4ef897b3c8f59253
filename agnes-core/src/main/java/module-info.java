import org.jspecify.annotations.NullMarked;

/**
 * What Agnes knows that is true without any source and without HTTP: identifiers, errors, drafts that become files or
 * nothing, plans that make one file out of many parts, and the engine that runs syncs.
 *
 * <p>Start at {@code TableId}, {@code FileDraft} and {@code SyncEngine}. This module needs the JDK alone. It never reads the environment or a settings
 * file, prints, logs through a backend, or knows a JSON field of any service.
 */
@NullMarked
module io.agnes.core {
    requires static transitive org.jspecify;

    exports io.agnes.core;
    exports io.agnes.core.composite;
    exports io.agnes.core.parquet;
}
