// SPDX-License-Identifier: Apache-2.0
package io.agnes.core;

import org.jspecify.annotations.Nullable;

/**
 * A failure with a {@link Kind} that tells who has to act. The message is one sentence with the subject, the expected and the
 * found value, and never contains a token or a signed URL. Each module has one final subclass, with a factory for each failure.
 */
public abstract class AgnesException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Who has to act. */
    public enum Kind {
        /** The caller: the request is wrong. */
        REQUEST,
        /** No one yet: a later attempt may succeed. */
        SOURCE_PASSING,
        /** The owner of the source: another attempt will fail too. */
        SOURCE_FINAL,
        /** The operator: a limit of Agnes or of this machine was reached. */
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

    /** The message, one sentence. */
    @Override
    public final String getMessage() {
        return message;
    }

    /** Who has to act. */
    public final Kind kind() {
        return kind;
    }

    /** The stable code of the failure, in snake_case. */
    public final String code() {
        return code;
    }
}
