package io.agnes.server.cli;

import io.agnes.core.Time;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code agnes demo}. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Starts a Keboola of its own and a server, syncs three tables, pulls them, and stays up.")
final class DemoCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--data-dir", paramLabel = "DIR", description = "directory that holds everything (DATA_DIR; data)")
    private @Nullable Path dataDir;

    @Option(names = "--port", paramLabel = "N", description = "port of the server (a free one)")
    private int port;

    @Option(names = "--once", description = "end after the pull; the exit code tells whether all of it was right")
    private boolean once;

    @Override
    public Integer call() throws Exception {
        try (Demo demo =
                Demo.start(directory(), port, Time.system(), spec.commandLine().getOut())) {
            boolean right = demo.run();
            if (once || !right) {
                return right ? 0 : ExitCode.FAILED;
            }
            demo.next();
            Running.untilTold(demo);
            return 0;
        }
    }

    private Path directory() {
        String fromEnvironment = System.getenv("DATA_DIR");
        return dataDir != null ? dataDir : Path.of(fromEnvironment == null ? "data" : fromEnvironment);
    }
}
