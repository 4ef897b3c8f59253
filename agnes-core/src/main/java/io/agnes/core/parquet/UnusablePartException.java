// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

/** A part cannot be merged; {@link #reason()} goes into the outcome. */
final class UnusablePartException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Reason reason;

    UnusablePartException(Reason reason) {
        super(reason.message());
        this.reason = reason;
    }

    Reason reason() {
        return reason;
    }
}
