// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import picocli.CommandLine.Command;

/** {@code agnes audit}: works on the records of the audit. */
@Command(
        mixinStandardHelpOptions = true,
        description = "Works on the records of the audit.",
        subcommands = AuditVerifyCommand.class)
final class AuditCommand {}
