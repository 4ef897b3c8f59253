// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.HexFormat;

/** A decimal of more digits than DuckDB has, as Parquet stores it: 32 bytes in two's complement, big-endian. */
final class WideDecimal {
    /** The function of the warehouse that calls {@link #hex}. */
    static final String FUNCTION = "bq_wide_decimal";

    private static final int BYTES = 32;

    private WideDecimal() {}

    /**
     * The bytes as hexadecimal digits, because DuckDB's functions in Java return no BLOB.
     *
     * @throws ArithmeticException if the number has more digits than fit
     */
    static String hex(String number, int scale) {
        BigInteger unscaled =
                new BigDecimal(number).setScale(scale, RoundingMode.HALF_UP).unscaledValue();
        byte[] shortest = unscaled.toByteArray();
        if (shortest.length > BYTES) {
            throw new ArithmeticException("BIGNUMERIC out of range: " + number);
        }
        byte[] bytes = new byte[BYTES];
        Arrays.fill(bytes, (byte) (unscaled.signum() < 0 ? 0xff : 0));
        System.arraycopy(shortest, 0, bytes, BYTES - shortest.length, shortest.length);
        return HexFormat.of().formatHex(bytes);
    }
}
