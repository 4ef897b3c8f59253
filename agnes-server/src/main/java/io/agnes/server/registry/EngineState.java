// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Whether DuckDB still answers, as its errors tell. Safe for use by several threads. */
final class EngineState {
    private volatile boolean broken;
    private volatile boolean damaged;
    private volatile boolean answered = true;

    /** Looks whether an error leaves the engine broken. */
    void note(Exception e) {
        if (isDamage(e)) {
            damaged = true;
        }
        if (damaged || isFatal(e)) {
            broken = true;
        }
    }

    /** The registry has to be opened again. */
    void setBroken() {
        broken = true;
    }

    /** The engine refuses every further call until the registry is opened again. */
    boolean isBroken() {
        return broken;
    }

    /** The file itself is damaged. */
    boolean isDamaged() {
        return damaged;
    }

    /** A call succeeded. */
    void setAnswered() {
        answered = true;
    }

    /** A call has succeeded since the registry was opened. */
    boolean hasAnswered() {
        return answered;
    }

    /** The registry is about to be opened again. */
    void setOpening() {
        answered = false;
    }

    /** The registry is open again. */
    void setOpened() {
        damaged = false;
        broken = false;
    }

    /** Whether the error tells of a damaged file. */
    private static boolean isDamage(@Nullable Throwable e) {
        String message = e == null ? null : e.getMessage();
        return e instanceof SQLException
                && message != null
                && (message.contains("Could not read enough bytes") || message.contains("Corrupt database file"));
    }

    /** Whether DuckDB refuses every further call after this error. */
    private static boolean isFatal(@Nullable Throwable e) {
        String message = e == null ? null : e.getMessage();
        return e instanceof SQLException
                && message != null
                && (message.contains("FATAL")
                        || message.contains("INTERNAL Error")
                        || message.contains("has been invalidated"));
    }
}
