// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Crc32cTest {
    @ParameterizedTest
    @CsvSource({"0,0", "0,1", "1,0", "1,1", "3,70000", "70000,3", "1000003,999983"})
    void theSumOfTwoContentsFollowsFromTheirSums(int first, int second) {
        byte[] all = new byte[first + second];
        new Random(first * 31L + second).nextBytes(all);
        assertEquals(crc(all, 0, all.length), Crc32c.concatenated(crc(all, 0, first), crc(all, first, second), second));
    }

    private static int crc(byte[] bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, length);
        return (int) crc.getValue();
    }
}
