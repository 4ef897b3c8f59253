package io.agnes.server.cli;

import picocli.CommandLine.Command;

/** {@code agnes bench}: measures, each command in runs of its own. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures, and ends with one line of plain numbers.",
        subcommands = {StartBench.class, CrashBench.class})
final class BenchCommand {}
