// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.Time;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code agnes pull}: downloads the tables that the user may read. */
@Command(
        mixinStandardHelpOptions = true,
        description = {
            "Downloads the tables that you may read and that have changed, and checks each by SHA-256.",
            "An interrupted download resumes where it stopped. Files are never deleted; those of tables that you can no"
                    + " longer read are listed at the end."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            " 0:all files equal the tables on the server",
            " 1:a table failed or is not readable for you; the others were pulled",
            "64:invalid arguments, or a refused address",
            "69:no server answers",
            "73:the directory is held by another pull, or cannot be used",
            "76:an answer of the server is malformed",
            "77:the server refuses the token, or no token is set"
        })
final class PullCommand implements Callable<Integer> {
    private static final Duration LONGEST_WAIT = Duration.ofHours(1);

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Option(names = "--into", paramLabel = "DIR", description = "directory for the files (${DEFAULT-VALUE})")
    private Path directory = Path.of(".");

    @Option(names = "--verify", description = "also check files that have not changed since the last pull")
    private boolean verify;

    @Option(names = "--wait", description = "wait up to an hour for another pull into the directory")
    private boolean wait;

    @Parameters(paramLabel = "TABLE", description = "ids of tables (all that you may read)")
    private List<String> tables = List.of();

    @Override
    public Integer call() throws Exception {
        Puller.Request request = new Puller.Request(Set.copyOf(tables), verify, wait ? LONGEST_WAIT : Duration.ZERO);
        try (ServerClient client = server.client()) {
            Puller.Result result = new Puller(client, directory, Time.system())
                    .pull(request, ProgressMeter.onStandardError(), this::tell);
            result.noLongerYours().forEach(file -> print(file + "  is of a table that is no longer yours; it stays"));
            return result.good() ? 0 : ExitCode.FAILED;
        }
    }

    private void tell(Puller.Pulled pulled) {
        switch (pulled) {
            case Puller.Pulled.Downloaded done ->
                tell(
                        done.table(),
                        String.format(
                                Locale.ROOT, "downloaded in %.1f s", done.took().toMillis() / 1000.0));
            case Puller.Pulled.Unchanged same -> tell(same.table(), "unchanged");
            case Puller.Pulled.Failed failed -> {
                spec.commandLine().getErr().println("agnes: " + failed.why().getMessage());
                spec.commandLine().getErr().flush();
            }
        }
    }

    private void tell(SyncManifest.Table table, String what) {
        print(String.format(
                Locale.ROOT, "%-40s %,12d rows %,14d bytes  %s", table.id(), table.rows(), table.bytes(), what));
    }

    private void print(String line) {
        spec.commandLine().getOut().println(line);
        spec.commandLine().getOut().flush();
    }
}
