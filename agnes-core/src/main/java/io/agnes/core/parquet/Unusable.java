// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

/** A part that cannot be merged, with the reason for the outcome. */
final class Unusable extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Reason reason;

    Unusable(Reason reason) {
        super(reason.message());
        this.reason = reason;
    }

    Reason reason() {
        return reason;
    }
}
