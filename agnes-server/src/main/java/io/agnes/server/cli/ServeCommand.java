// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.AgnesException;
import io.agnes.core.Time;
import io.agnes.server.AgnesServer;
import io.agnes.server.access.AccessStore;
import io.agnes.server.access.FirstToken;
import io.agnes.server.settings.NamedSetting;
import io.agnes.server.settings.Settings;
import io.agnes.server.settings.SettingsCatalog;
import io.agnes.server.settings.Sources;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code agnes serve}: runs the server. */
@Command(
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Runs the server until SIGTERM or Ctrl-C.",
            "The first start mints a token for the user admin, valid for 7 days. A terminal shows the token; without a"
                    + " terminal it is in DATA_DIR/first-token. Each start replaces the token until it is used."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            " 0:SIGTERM or Ctrl-C",
            "64:invalid arguments",
            "69:the port is in use",
            "70:the registry failed and could not be opened again, or a bug",
            "73:the data directory is held by another process, or cannot be used",
            "78:invalid settings, or a registry that cannot be opened"
        })
final class ServeCommand implements Callable<Integer> {
    static final List<NamedSetting> SETTINGS = SettingsCatalog.of(Sources.TYPES).settings();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--config", paramLabel = "FILE", description = "settings in YAML (AGNES_CONFIG)")
    private @Nullable Path config;

    @Override
    public Integer call() throws Exception {
        Settings settings = SettingFlags.settings(spec.commandLine(), SETTINGS, SettingFlags.file(config));
        try (AgnesServer server = AgnesServer.start(settings, Time.system(), this::end)) {
            Path file = settings.dataDir().toAbsolutePath().normalize().resolve(FirstTokenFile.NAME);
            Optional<String> first = firstToken(server.access(), new FirstTokenFile(file));
            Shutdown.await(server, () -> announce(server, first));
            return 0;
        }
    }

    private void announce(AgnesServer server, Optional<String> first) {
        first.ifPresent(this::say);
        say("agnes " + AgnesServer.version() + " serves on " + server.address());
    }

    /**
     * Ends the process at once, because closing would wait for a registry that does not answer. A supervisor restarts
     * the server.
     */
    private void end(AgnesException failure) {
        spec.commandLine().getErr().println("agnes: " + failure.getMessage());
        spec.commandLine().getErr().flush();
        Runtime.getRuntime().halt(ExitCode.BUG);
    }

    /**
     * The message about the first token. Only a terminal shows the token, because other outputs may be stored for
     * longer than the token is valid.
     */
    private static Optional<String> firstToken(AccessStore access, FirstTokenFile file) {
        Instant now = Time.system().now();
        Optional<FirstToken> first = FirstToken.mintIfNeeded(access, now);
        boolean terminal = isTerminal();
        if (first.isEmpty() || terminal) {
            file.removeUnless(token -> access.identify(token, now).isPresent());
        } else {
            file.write(first.get().token());
        }
        return first.map(made -> "first start: "
                + (made.again() ? "the token before was never used and is revoked; " : "")
                + "user " + FirstToken.USER + " has this token until "
                + made.expires().truncatedTo(ChronoUnit.SECONDS)
                + (terminal ? ", shown once: " + made.token().reveal() : ", readable by this user alone: " + file));
    }

    /**
     * Selects the console of java.base. In JDK 22 to 24 it is the only one that is null if standard output is not a
     * terminal.
     */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal() {
        System.setProperty("jdk.console", "java.base");
        return System.console() != null;
    }

    private void say(String line) {
        spec.commandLine().getOut().println(line);
        spec.commandLine().getOut().flush();
    }
}
