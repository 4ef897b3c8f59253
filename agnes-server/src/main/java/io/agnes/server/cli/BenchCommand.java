// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import picocli.CommandLine.Command;

/** {@code agnes bench}: measures, each command in runs of its own. */
@Command(
        mixinStandardHelpOptions = true,
        description = "Measures, and ends with one line of plain numbers.",
        footer = {
            "",
            "In a source tree the launcher also runs those of the libraries:",
            "  merge  One Parquet file of many: cat, DuckDB, parquet-java, and ours.",
            "  plan   What the plan of such a merge takes, by JMH.",
            "  keboola  A table of 1 GiB out of Keboola, against temporary files, DuckDB and MD5.",
            "  hostile  Slow readers, half headers, half bodies and odd framing against a server."
        },
        subcommands = {StartBench.class, CrashBench.class, RegistryBench.class, HistoryBench.class})
final class BenchCommand {}
