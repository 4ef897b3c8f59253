// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import java.math.BigInteger;
import java.util.Optional;

/**
 * The part of a body that a {@code Range} header asks for (RFC 9110 section 14). One range of bytes is honoured. Several ranges,
 * another unit and a malformed header get the whole body, as the RFC allows.
 */
sealed interface ByteRange {
    /** The whole body. */
    record Whole() implements ByteRange {}

    /** This many bytes from the offset on; at least one. */
    record Slice(long offset, long length) implements ByteRange {}

    /** The range lies behind the end of the body. */
    record Unsatisfiable() implements ByteRange {}

    /** Longer headers are not read; a range needs 45 characters at most. */
    int LONGEST_HEADER = 200;

    /** @param size of the body in bytes */
    static ByteRange of(String header, long size) {
        String unit = "bytes=";
        if (header.length() > LONGEST_HEADER || !header.regionMatches(true, 0, unit, 0, unit.length())) {
            return new Whole();
        }
        String range = header.substring(unit.length()).strip();
        int dash = range.indexOf('-');
        if (dash < 0 || range.indexOf(',') >= 0) {
            return new Whole();
        }
        String first = range.substring(0, dash);
        String last = range.substring(dash + 1);
        return first.isEmpty() ? suffix(last, size) : slice(first, last, size);
    }

    private static ByteRange suffix(String digits, long size) {
        Optional<BigInteger> wanted = number(digits);
        if (wanted.isEmpty()) {
            return new Whole();
        }
        long length = wanted.get().min(BigInteger.valueOf(size)).longValueExact();
        return length == 0 ? new Unsatisfiable() : new Slice(size - length, length);
    }

    private static ByteRange slice(String first, String last, long size) {
        Optional<BigInteger> from = number(first);
        Optional<BigInteger> to = last.isEmpty() ? from : number(last);
        if (from.isEmpty() || to.isEmpty() || to.get().compareTo(from.get()) < 0) {
            return new Whole();
        }
        BigInteger end = BigInteger.valueOf(size - 1);
        if (from.get().compareTo(end) > 0) {
            return new Unsatisfiable();
        }
        long offset = from.get().longValueExact();
        long lastOffset = last.isEmpty() ? size - 1 : to.get().min(end).longValueExact();
        return new Slice(offset, lastOffset - offset + 1);
    }

    /** Digits of any number, as clients send numbers that no file reaches. */
    private static Optional<BigInteger> number(String digits) {
        return !digits.isEmpty() && digits.chars().allMatch(c -> c >= '0' && c <= '9')
                ? Optional.of(new BigInteger(digits))
                : Optional.empty();
    }
}
