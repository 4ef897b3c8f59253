// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.store;

/** Arithmetic with CRC32C sums, by which a composed object is checked without its bytes. */
public final class Crc32c {
    /** The polynomial of RFC 3720, its highest power in the lowest bit, as in the sums. */
    private static final int POLYNOMIAL = 0x82f63b78;

    private static final int ONE = 1 << 31;
    /** x to the power of 8: one byte. */
    private static final int BYTE = 1 << 23;

    private Crc32c() {}

    /**
     * The CRC32C of two contents, the second after the first.
     *
     * @param first CRC32C of the first content
     * @param second CRC32C of the second content
     * @param secondLength bytes of the second content
     */
    public static int concatenated(int first, int second, long secondLength) {
        // Appending n bytes multiplies the sum before them by x to the power of 8n, modulo the polynomial.
        int factor = ONE;
        int power = BYTE;
        for (long rest = secondLength; rest != 0; rest >>>= 1) {
            if ((rest & 1) != 0) {
                factor = product(power, factor);
            }
            power = product(power, power);
        }
        return product(factor, first) ^ second;
    }

    /** The product of two polynomials over GF(2), modulo {@link #POLYNOMIAL}. */
    private static int product(int a, int b) {
        int sum = 0;
        int shifted = b;
        for (int bit = ONE; bit != 0; bit >>>= 1) {
            if ((a & bit) != 0) {
                sum ^= shifted;
            }
            shifted = (shifted & 1) != 0 ? (shifted >>> 1) ^ POLYNOMIAL : shifted >>> 1;
        }
        return sum;
    }
}
