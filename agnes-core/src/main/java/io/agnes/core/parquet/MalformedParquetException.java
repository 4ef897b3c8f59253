// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

/** Bytes that are not a valid encoding. The entry points of this package catch it and return a {@link Reason.Damaged}. */
sealed class MalformedParquetException extends RuntimeException permits LimitExceededException {
    private static final long serialVersionUID = 1L;

    MalformedParquetException(String message) {
        super(message);
    }
}
