// SPDX-License-Identifier: Apache-2.0
package io.agnes.core;

import org.jspecify.annotations.Nullable;

/**
 * A failure that somebody can act on. The message names the thing, what was expected and what came, in one sentence,
 * and never holds a token or a signed URL. Each module has one final subclass with factories named for what happened.
 */
public abstract class AgnesException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Who has to act. */
    public enum Kind {
        /** The caller: what was asked for is wrong. */
        REQUEST,
        /** Nobody yet: the source failed in a way that may pass. */
        SOURCE_PASSING,
        /** Whoever owns the source: asking again will not help. */
        SOURCE_FINAL,
        /** The operator: a bound of ours or of this machine was reached. */
        LIMIT
    }

    private final Kind kind;
    private final String code;
    private final String message;

    /** @param code stable, in snake_case; part of the contract, unlike the message */
    protected AgnesException(Kind kind, String code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.code = code;
        this.message = message;
    }

    /** The sentence. */
    @Override
    public final String getMessage() {
        return message;
    }

    /** Who has to act. */
    public final Kind kind() {
        return kind;
    }

    /** What happened, as a stable word in snake_case. */
    public final String code() {
        return code;
    }
}
