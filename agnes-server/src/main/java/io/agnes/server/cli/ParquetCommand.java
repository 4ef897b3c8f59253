// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import picocli.CommandLine.Command;

/** {@code agnes parquet}: the engine that makes one file out of many, as a tool for files on this machine. */
@Command(
        mixinStandardHelpOptions = true,
        description = "Inspects Parquet files, and makes one of many without decoding a row.",
        subcommands = {ParquetPlanCommand.class, ParquetMergeCommand.class, ParquetInspectCommand.class})
final class ParquetCommand {
    /** The files can be one by decoding and writing every row. */
    static final int NEEDS_REWRITE = 3;
    /** Damaged, encrypted, not Parquet, or their values do not mean the same. */
    static final int REFUSED = 4;

    static final String EXIT_CODES = "%nExit codes:%n";
    static final String UNREADABLE = "1:a file cannot be read; standard error says which and why";
    static final String USAGE = "64:wrong words on the command line";

    private ParquetCommand() {}
}
