package io.agnes.server.cli;

import io.agnes.core.AgnesException;
import io.agnes.core.Secret;
import io.agnes.core.Time;
import io.agnes.server.AgnesServer;
import io.agnes.server.access.AccessStore;
import io.agnes.server.access.Name;
import io.agnes.server.access.Scope;
import io.agnes.server.settings.Setting;
import io.agnes.server.settings.Settings;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code agnes serve}. */
@Command(
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Runs the server until it is told to end (SIGTERM, Ctrl-C).")
final class ServeCommand implements Callable<Integer> {
    static final Set<Setting> SETTINGS = EnumSet.allOf(Setting.class);

    private static final Name FIRST_USER = new Name("admin");

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--config", paramLabel = "FILE", description = "settings in YAML (AGNES_CONFIG)")
    private @Nullable Path config;

    @Override
    public Integer call() throws Exception {
        Settings settings = SettingFlags.settings(spec.commandLine(), SETTINGS, SettingFlags.file(config));
        try (AgnesServer server = AgnesServer.start(settings, Time.system(), this::end)) {
            Secret first = firstToken(server.access());
            Running.untilTold(server, () -> announce(server, first));
            return 0;
        }
    }

    private void announce(AgnesServer server, @Nullable Secret first) {
        if (first != null) {
            say("first start: user " + FIRST_USER + " has this token, shown once: " + first.reveal());
        }
        say("agnes " + AgnesServer.version() + " serves on " + server.address());
    }

    /** At once: closing in order would wait for what does not answer any more, and a supervisor starts it anew. */
    private void end(AgnesException failure) {
        spec.commandLine().getErr().println("agnes: " + failure.getMessage());
        spec.commandLine().getErr().flush();
        Runtime.getRuntime().halt(ExitCode.BUG);
    }

    /** Users may be there before the first start, as after an import, but without a token nobody gets in. */
    private static @Nullable Secret firstToken(AccessStore access) {
        if (access.anyToken()) {
            return null;
        }
        Time time = Time.system();
        access.putUser(FIRST_USER, Set.of(Name.ADMIN_GROUP), FIRST_USER, time.now());
        return access.mint(FIRST_USER, EnumSet.allOf(Scope.class), time.now(), null, FIRST_USER);
    }

    private void say(String line) {
        spec.commandLine().getOut().println(line);
        spec.commandLine().getOut().flush();
    }
}
