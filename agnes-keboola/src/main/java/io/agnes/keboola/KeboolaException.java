package io.agnes.keboola;

import io.agnes.core.AgnesException;
import org.jspecify.annotations.Nullable;

/** What Keboola refused, or failed to do. */
public final class KeboolaException extends AgnesException {
    private static final long serialVersionUID = 1L;

    KeboolaException(Kind kind, String code, String message, @Nullable Throwable cause) {
        super(kind, code, message, cause);
    }
}
