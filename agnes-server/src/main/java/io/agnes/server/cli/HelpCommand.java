// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code agnes help [COMMAND...]}: prints the usage of a command at any depth. */
@Command(description = "Shows how a command is used: agnes help parquet merge.")
final class HelpCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(paramLabel = "COMMAND", arity = "0..*", description = "a command and those below it")
    private List<String> path = List.of();

    @Override
    public Integer call() {
        CommandLine line = spec.root().commandLine();
        // "agnes help agnes" prints the usage of the whole program.
        boolean program = !path.isEmpty() && path.get(0).equals(line.getCommandName());
        for (String word : program ? path.subList(1, path.size()) : path) {
            line = below(line, word);
        }
        line.usage(spec.commandLine().getOut());
        return 0;
    }

    private CommandLine below(CommandLine line, String word) {
        CommandLine found = line.getSubcommands().get(word);
        if (found == null) {
            String name = line.getCommandSpec().qualifiedName();
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    line.getSubcommands().isEmpty()
                            ? name + " has no commands below it"
                            : name + " has no command " + word + "; it has "
                                    + String.join(", ", line.getSubcommands().keySet()));
        }
        return found;
    }
}
