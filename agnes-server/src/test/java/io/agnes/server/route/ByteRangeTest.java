// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple.Tuple2;
import org.junit.jupiter.api.Test;

class ByteRangeTest {
    /** Section 14.1.2 of RFC 9110 for one range, with unbounded numbers. Every other header selects the whole body. */
    private static final class Model {
        private static final Pattern ONE = Pattern.compile("(?i)bytes=[ \\t]*([0-9]*)-([0-9]*)[ \\t]*");

        static ByteRange of(String header, long size) {
            Matcher range = ONE.matcher(header);
            if (!range.matches() || header.length() > 200) {
                return new ByteRange.Whole();
            }
            BigInteger length = BigInteger.valueOf(size);
            BigInteger first;
            BigInteger end;
            if (range.group(1).isEmpty()) {
                if (range.group(2).isEmpty()) {
                    return new ByteRange.Whole();
                }
                end = length;
                first = length.subtract(new BigInteger(range.group(2))).max(BigInteger.ZERO);
            } else {
                first = new BigInteger(range.group(1));
                end = range.group(2).isEmpty() ? null : new BigInteger(range.group(2)).add(BigInteger.ONE);
                if (end != null && end.compareTo(first) <= 0) {
                    return new ByteRange.Whole();
                }
                end = end == null ? length : end.min(length);
            }
            return first.compareTo(end) >= 0
                    ? new ByteRange.Unsatisfiable()
                    : new ByteRange.Slice(
                            first.longValueExact(), end.subtract(first).longValueExact());
        }
    }

    @Tag("slow")
    @Property(tries = 100_000)
    void everyHeaderMeansWhatTheModelSays(@ForAll("cases") Tuple2<String, Long> headerAndSize) {
        String header = headerAndSize.get1();
        long size = headerAndSize.get2();
        assertEquals(Model.of(header, size), ByteRange.of(header, size), () -> header + " of " + size);
    }

    @Provide
    Arbitrary<Tuple2<String, Long>> cases() {
        Arbitrary<Long> sizes = Arbitraries.of(
                0L, 1L, 2L, 10L, 1000L, (1L << 31) - 1, 1L << 31, (1L << 31) + 1, 1L << 33, Long.MAX_VALUE);
        return sizes.flatMap(size -> headers(size).map(header -> net.jqwik.api.Tuple.of(header, size)));
    }

    private static Arbitrary<String> headers(long size) {
        Arbitrary<String> near = Arbitraries.longs()
                .between(-2, 2)
                .map(off -> BigInteger.valueOf(size)
                        .add(BigInteger.valueOf(off))
                        .max(BigInteger.ZERO)
                        .toString());
        Arbitrary<String> digits = Arbitraries.oneOf(
                near,
                Arbitraries.longs().between(0, 12).map(String::valueOf),
                Arbitraries.of("", "0", "000000000000000000000000001", "9223372036854775807", "9223372036854775808"),
                Arbitraries.strings().numeric().ofMinLength(1).ofMaxLength(25));
        Arbitrary<String> one = Combinators.combine(digits, digits).as((first, last) -> first + "-" + last);
        Arbitrary<String> units = Arbitraries.of("bytes=", "Bytes=", "BYTES= ", "bytes=\t", "bytes =", "items=", "");
        Arbitrary<String> tails = Arbitraries.of("", "", "", " ", ",", ",0-0", "-", "x");
        return Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(8, one.map(range -> "bytes=" + range)),
                net.jqwik.api.Tuple.of(
                        3, Combinators.combine(units, one, tails).as((unit, range, tail) -> unit + range + tail)),
                net.jqwik.api.Tuple.of(
                        1,
                        Arbitraries.strings().withChars("bytes=0123456789-, ").ofMaxLength(30)),
                net.jqwik.api.Tuple.of(1, Arbitraries.strings().ofMaxLength(20).map(text -> "bytes=" + text)));
    }

    @Test
    void aSuffixLongerThanTheFileIsTheWholeFileAsAPart() {
        assertEquals(new ByteRange.Slice(0, 10), ByteRange.of("bytes=-100", 10));
    }

    @Test
    void anEndPastTheFileIsClamped() {
        assertEquals(new ByteRange.Slice(3, 7), ByteRange.of("bytes=3-99", 10));
    }

    @Test
    void aStartPastTheFileIsUnsatisfiable() {
        assertEquals(new ByteRange.Unsatisfiable(), ByteRange.of("bytes=10-", 10));
    }

    @Test
    void anEmptySuffixIsUnsatisfiable() {
        assertEquals(new ByteRange.Unsatisfiable(), ByteRange.of("bytes=-0", 10));
    }

    @Test
    void noByteOfAnEmptyFileCanBeHad() {
        assertEquals(new ByteRange.Unsatisfiable(), ByteRange.of("bytes=0-0", 0));
        assertEquals(new ByteRange.Unsatisfiable(), ByteRange.of("bytes=-1", 0));
    }

    @Test
    void offsetsBeyondTwoGigabytesAreExact() {
        assertEquals(new ByteRange.Slice(1L << 33, 1), ByteRange.of("bytes=8589934592-8589934592", (1L << 33) + 1));
    }

    @Test
    void aNumberTooLargeForALongIsAsGoodAsTheLargest() {
        assertEquals(new ByteRange.Slice(0, 10), ByteRange.of("bytes=0-99999999999999999999999999", 10));
        assertEquals(new ByteRange.Unsatisfiable(), ByteRange.of("bytes=99999999999999999999999999-", 10));
    }

    @Test
    void severalRangesAreAnsweredWithTheWholeFile() {
        assertInstanceOf(ByteRange.Whole.class, ByteRange.of("bytes=0-1,4-5", 10));
    }

    @Test
    void digitsOfOtherScriptsAreNoDigits() {
        assertInstanceOf(ByteRange.Whole.class, ByteRange.of("bytes=\u0661-\u0662", 10));
    }
}
