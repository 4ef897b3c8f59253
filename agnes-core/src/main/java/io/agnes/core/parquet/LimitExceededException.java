// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

/** A footer that exceeds one of {@link ParquetLimits}. It becomes a {@link Reason.BeyondLimit}. */
final class LimitExceededException extends MalformedParquetException {
    private static final long serialVersionUID = 1L;

    LimitExceededException(String message) {
        super(message);
    }
}
