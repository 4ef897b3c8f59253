// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

/** Bytes that may well be a footer, but a larger or deeper one than is read here. */
final class TooMuch extends Malformed {
    private static final long serialVersionUID = 1L;

    TooMuch(String message) {
        super(message);
    }
}
