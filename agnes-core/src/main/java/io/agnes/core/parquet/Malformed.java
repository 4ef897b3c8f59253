// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

/** Bytes that are no footer. Caught at the package's border, where it becomes a refusal. */
sealed class Malformed extends RuntimeException permits TooMuch {
    private static final long serialVersionUID = 1L;

    Malformed(String message) {
        super(message);
    }
}
