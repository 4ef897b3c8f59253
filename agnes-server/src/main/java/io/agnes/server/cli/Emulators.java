// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import java.io.UncheckedIOException;
import java.net.BindException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The steps that the commands of {@code agnes emulate} have in common. */
final class Emulators {
    private static final int HIGHEST_PORT = 65_535;

    private Emulators() {}

    /** @throws ParameterException unless it is the number of a port, or 0 for a free one */
    static void requirePort(CommandSpec command, int port) {
        requirePort(command, "--port", port);
    }

    /** @throws ParameterException unless the option's value is the number of a port, or 0 for a free one */
    static void requirePort(CommandSpec command, String option, int port) {
        if (port < 0 || port > HIGHEST_PORT) {
            throw new ParameterException(
                    command.commandLine(), option + " must be 0 to " + HIGHEST_PORT + ", not " + port);
        }
    }

    /** Applies an option if it was given. */
    static <T> void given(@Nullable T value, Consumer<T> setting) {
        if (value != null) {
            setting.accept(value);
        }
    }

    /** @throws CommandException with exit code 69 if the port is in use */
    static <F> F start(int port, Supplier<F> starter) {
        try {
            return starter.get();
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof BindException taken) {
                throw CommandException.portInUse(port, taken);
            }
            throw e;
        }
    }
}
