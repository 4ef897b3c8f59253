// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import picocli.CommandLine.Command;

/** {@code agnes api}: the HTTP API as documents for other programs. */
@Command(
        mixinStandardHelpOptions = true,
        description = "Describes the HTTP API to other programs.",
        subcommands = ApiExportCommand.class)
final class ApiCommand {}
