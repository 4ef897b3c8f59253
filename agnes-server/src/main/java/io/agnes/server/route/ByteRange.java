package io.agnes.server.route;

import java.util.OptionalLong;

/**
 * What a {@code Range} header makes of a body (RFC 9110 section 14). One range in bytes is honoured; several, or another
 * unit, or what is malformed, is answered with the whole body, as the RFC allows.
 */
sealed interface ByteRange {
    /** The whole body. */
    record Whole() implements ByteRange {}

    /** That many bytes from the offset on; at least one. */
    record Slice(long offset, long length) implements ByteRange {}

    /** The body has no such byte. */
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
        OptionalLong wanted = number(digits);
        if (wanted.isEmpty()) {
            return new Whole();
        }
        long length = Math.min(wanted.getAsLong(), size);
        return length == 0 ? new Unsatisfiable() : new Slice(size - length, length);
    }

    private static ByteRange slice(String first, String last, long size) {
        OptionalLong from = number(first);
        OptionalLong to = last.isEmpty() ? OptionalLong.of(Long.MAX_VALUE) : number(last);
        if (from.isEmpty() || to.isEmpty() || to.getAsLong() < from.getAsLong()) {
            return new Whole();
        }
        if (from.getAsLong() >= size) {
            return new Unsatisfiable();
        }
        long end = Math.min(to.getAsLong(), size - 1);
        return new Slice(from.getAsLong(), end - from.getAsLong() + 1);
    }

    /** Digits only; a number too large for a long is as good as the largest one. */
    private static OptionalLong number(String digits) {
        if (digits.isEmpty() || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return OptionalLong.empty();
        }
        String significant = digits.replaceFirst("^0+(?=.)", "");
        return OptionalLong.of(significant.length() > 18 ? Long.MAX_VALUE : Long.parseLong(significant));
    }
}
