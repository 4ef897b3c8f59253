// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import picocli.CommandLine.Command;

/** {@code agnes admin}: administration on the server's machine while the server is stopped. */
@Command(
        mixinStandardHelpOptions = true,
        description = "Changes a data directory while its server is stopped.",
        subcommands = AdminTokenCommand.class)
final class AdminCommand {}
