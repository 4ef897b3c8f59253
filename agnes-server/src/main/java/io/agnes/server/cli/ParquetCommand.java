// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import picocli.CommandLine.Command;

/** {@code agnes parquet}: inspects and merges local Parquet files. */
@Command(
        mixinStandardHelpOptions = true,
        description = "Inspects Parquet files, and merges them without decoding rows.",
        subcommands = {ParquetPlanCommand.class, ParquetMergeCommand.class, ParquetInspectCommand.class})
final class ParquetCommand {
    /** Exit code: the files can be merged only by decoding and writing every row. */
    static final int NEEDS_REWRITE = 3;
    /** Exit code: a file is damaged, encrypted or not Parquet, or the values have different meanings. */
    static final int REFUSED = 4;

    static final String EXIT_CODES = "%nExit codes:%n";
    static final String UNREADABLE = "1:a file cannot be read; standard error says which and why";
    static final String USAGE = "64:invalid arguments";

    private ParquetCommand() {}
}
