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
        description =
                "Starts an emulated Keboola and BigQuery and a server, syncs and pulls three tables, shows a fourth in the"
                        + " catalog, and keeps running.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            " 0:all rows and hashes were right, or SIGTERM or Ctrl-C",
            " 1:some rows or hashes were wrong",
            "64:invalid arguments",
            "69:the port is in use",
            "73:the directory is in use, belongs to a server, or cannot be used"
        })
final class DemoCommand implements Callable<Integer> {
    private static final int LARGEST_PORT = 65_535;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "directory of the demo, not of a server (${DEFAULT-VALUE})")
    private Path dataDir = Path.of("data-demo");

    @Option(names = "--port", paramLabel = "N", description = "port of the server (a free one)")
    private int port;

    @Option(names = "--once", description = "end after the pull, with the result as exit code")
    private boolean once;

    @Option(names = "--without-bigquery", description = "leave out the table of BigQuery")
    private boolean withoutBigQuery;

    @Override
    public Integer call() throws Exception {
        CommandLine line = spec.commandLine();
        if (port < 0 || port > LARGEST_PORT) {
            throw new ParameterException(line, "--port must be 0 to " + LARGEST_PORT + ", not " + port);
        }
        try (Demo demo = Demo.start(dataDir, port, !withoutBigQuery, Time.system(), line.getOut())) {
            boolean right = demo.run();
            if (once || !right) {
                return right ? 0 : ExitCode.FAILED;
            }
            Shutdown.await(demo, demo::next);
            return 0;
        }
    }
}
