// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit.parquet;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Reads and writes repetition and definition levels in Parquet's hybrid of runs and packed bits. */
final class Levels {
    private Levels() {}

    /** The bits of a level up to {@code max}. */
    private static int width(int max) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(max);
    }

    /**
     * Reads levels from the position of the buffer to its limit.
     *
     * @param count the number of levels
     */
    static int[] read(ByteBuffer in, int max, int count) {
        int width = width(max);
        int[] levels = new int[count];
        for (int at = 0; at < count; ) {
            int header = varint(in);
            if ((header & 1) == 0) {
                int level = 0;
                for (int i = 0; i < (width + 7) / 8; i++) {
                    level |= (in.get() & 0xff) << (8 * i);
                }
                for (int end = Math.min(count, at + (header >>> 1)); at < end; at++) {
                    levels[at] = level;
                }
            } else {
                byte[] packed = new byte[(header >>> 1) * width];
                in.get(packed);
                int end = Math.min(count, at + (header >>> 1) * 8);
                for (int bit = 0; at < end; at++, bit += width) {
                    levels[at] = unpack(packed, bit, width);
                }
            }
        }
        return levels;
    }

    private static int unpack(byte[] packed, int firstBit, int width) {
        int level = 0;
        for (int i = 0; i < width; i++) {
            int bit = firstBit + i;
            level |= ((packed[bit >> 3] >> (bit & 7)) & 1) << i;
        }
        return level;
    }

    private static int varint(ByteBuffer in) {
        int number = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = in.get();
            number |= (next & 0x7f) << shift;
            if (next >= 0) {
                return number;
            }
        }
    }

    /** Writes levels as runs. */
    static byte[] write(int[] levels, int max) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int bytes = (width(max) + 7) / 8;
        for (int at = 0; at < levels.length; ) {
            int end = at + 1;
            while (end < levels.length && levels[end] == levels[at]) {
                end++;
            }
            for (int left = (end - at) << 1; ; left >>>= 7) {
                if (left < 0x80) {
                    out.write(left);
                    break;
                }
                out.write((left & 0x7f) | 0x80);
            }
            for (int i = 0; i < bytes; i++) {
                out.write(levels[at] >> (8 * i));
            }
            at = end;
        }
        return out.toByteArray();
    }
}
