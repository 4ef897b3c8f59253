// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * What the processors of this machine have done since it booted, as the first line of Linux's {@code /proc/stat} has it.
 *
 * @param stolen when a virtual machine was ready to run and its host ran others, in ticks
 * @param all in the same ticks, idle ones too
 */
record MachineTime(long stolen, long all) {
    private static final Path COUNTERS = Path.of("/proc/stat");

    /** Where {@code steal} stands behind the name of the line; guests', which follow, are counted before too. */
    private static final int STEAL = 8;

    /** Now; on a system that does not tell, nothing is ever stolen. */
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

    /** Which share of all since then was stolen, from 0 to 1. */
    double stolenSince(MachineTime then) {
        return all == then.all ? 0 : (double) (stolen - then.stolen) / (all - then.all);
    }
}
