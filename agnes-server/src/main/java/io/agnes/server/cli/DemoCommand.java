// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.Time;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code agnes demo}: see {@link Demo}. */
@Command(
        mixinStandardHelpOptions = true,
        description = "Starts a Keboola of its own and a server, syncs three tables, pulls them, and stays up.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            " 0:all rows and hashes were right, or it was told to end",
            " 1:some were not",
            "64:wrong words on the command line",
            "69:the port is in use",
            "73:the directory is held, that of a server, or cannot be used"
        })
final class DemoCommand implements Callable<Integer> {
    private static final int LARGEST_PORT = 65_535;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "directory that holds everything of the demo, and nothing of a server (${DEFAULT-VALUE})")
    private Path dataDir = Path.of("data-demo");

    @Option(names = "--port", paramLabel = "N", description = "port of the server (a free one)")
    private int port;

    @Option(names = "--once", description = "end after the pull; the exit code tells whether all of it was right")
    private boolean once;

    @Override
    public Integer call() throws Exception {
        CommandLine line = spec.commandLine();
        if (port < 0 || port > LARGEST_PORT) {
            throw new ParameterException(line, "--port must be 0 to " + LARGEST_PORT + ", not " + port);
        }
        try (Demo demo = Demo.start(dataDir, port, Time.system(), line.getOut())) {
            boolean right = demo.run();
            if (once || !right) {
                return right ? 0 : ExitCode.FAILED;
            }
            Shutdown.await(demo, demo::next);
            return 0;
        }
    }
}
