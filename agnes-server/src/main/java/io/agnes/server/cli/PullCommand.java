package io.agnes.server.cli;

import io.agnes.core.Time;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code agnes pull}. */
@Command(
        mixinStandardHelpOptions = true,
        description = "Downloads the tables you may read, those alone that changed, and checks each.")
final class PullCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Option(names = "--into", paramLabel = "DIR", description = "directory for the files (${DEFAULT-VALUE})")
    private Path directory = Path.of(".");

    @Parameters(paramLabel = "TABLE", description = "ids of tables; all that you may read without any")
    private List<String> tables = List.of();

    @Override
    public Integer call() throws Exception {
        try (ServerClient client = server.client()) {
            Puller puller = new Puller(client, directory, Time.system());
            List<Puller.Pulled> pulled = puller.pull(Set.copyOf(tables), ProgressMeter.onTerminal());
            pulled.forEach(this::tell);
            return 0;
        }
    }

    private void tell(Puller.Pulled pulled) {
        String line = switch (pulled) {
            case Puller.Pulled.Downloaded done ->
                "%-40s %,12d rows %,14d bytes  downloaded in %.1f s"
                        .formatted(
                                done.table().table(),
                                done.table().rows(),
                                done.table().bytes(),
                                done.took().toMillis() / 1000.0);
            case Puller.Pulled.Unchanged same ->
                "%-40s %,12d rows %,14d bytes  unchanged"
                        .formatted(
                                same.table().table(),
                                same.table().rows(),
                                same.table().bytes());
        };
        spec.commandLine().getOut().println(line);
    }
}
