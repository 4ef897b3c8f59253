package io.agnes.server.cli;

import io.agnes.core.Time;
import io.agnes.server.settings.Setting;
import io.agnes.server.settings.Settings;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code agnes demo}. */
@Command(
        mixinStandardHelpOptions = true,
        description = "Starts a Keboola of its own and a server, syncs three tables, pulls them, and stays up.")
final class DemoCommand implements Callable<Integer> {
    static final Set<Setting> SETTINGS = Set.of(Setting.DATA_DIR);

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--port", paramLabel = "N", description = "port of the server (a free one)")
    private int port;

    @Option(names = "--once", description = "end after the pull; the exit code tells whether all of it was right")
    private boolean once;

    @Override
    public Integer call() throws Exception {
        CommandLine line = spec.commandLine();
        Settings given = SettingFlags.only(line, SETTINGS);
        try (Demo demo = Demo.start(given.dataDir(), port, Time.system(), line.getOut())) {
            boolean right = demo.run();
            if (once || !right) {
                return right ? 0 : ExitCode.FAILED;
            }
            Running.untilTold(demo, demo::next);
            return 0;
        }
    }
}
