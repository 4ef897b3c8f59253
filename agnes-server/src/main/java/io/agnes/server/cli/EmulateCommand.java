// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import picocli.CommandLine.Command;

/** {@code agnes emulate}: the parent of the emulators. */
@Command(
        mixinStandardHelpOptions = true,
        description = "Runs an emulated cloud service on this machine, for programs in any language.",
        synopsisSubcommandLabel = "SERVICE",
        subcommands = {EmulateKeboolaCommand.class, EmulateBigQueryCommand.class, EmulateStorageCommand.class})
final class EmulateCommand {
    private EmulateCommand() {}
}
