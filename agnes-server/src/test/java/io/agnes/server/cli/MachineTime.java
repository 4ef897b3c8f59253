// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The processor time of this machine since its boot, from the first line of Linux's {@code /proc/stat}.
 *
 * @param stolen the ticks in which this virtual machine was ready to run but its host ran others
 * @param all all ticks, including idle ones
 */
record MachineTime(long stolen, long all) {
    private static final Path COUNTERS = Path.of("/proc/stat");

    /**
     * The position of {@code steal} after the name of the line. The times of guests follow and are included in earlier
     * fields.
     */
    private static final int STEAL = 8;

    /** The current times. Stolen time is always zero on a system that does not report it. */
    static MachineTime now() throws IOException {
        if (!Files.isReadable(COUNTERS)) {
            return new MachineTime(0, 0);
        }
        try (var lines = Files.lines(COUNTERS)) {
            return of(lines.findFirst().orElse(""));
        }
    }

    static MachineTime of(String line) {
        long[] ticks = Arrays.stream(line.split(" +"))
                .skip(1)
                .limit(STEAL)
                .mapToLong(Long::parseLong)
                .toArray();
        return new MachineTime(
                ticks.length == STEAL ? ticks[STEAL - 1] : 0,
                Arrays.stream(ticks).sum());
    }

    /** The share of stolen time since then, from 0 to 1. */
    double stolenSince(MachineTime then) {
        return all == then.all ? 0 : (double) (stolen - then.stolen) / (all - then.all);
    }
}
