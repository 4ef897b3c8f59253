package io.agnes.server.cli;

import io.agnes.core.Time;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code agnes sync}. */
@Command(
        mixinStandardHelpOptions = true,
        description =
                "Starts a run on the server, waits for its end, and says what became of each table. Exit code 1: the run"
                        + " failed; 2: some of its tables failed.")
final class SyncCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Parameters(paramLabel = "TABLE", description = "ids or names of tables; all without any")
    private List<String> tables = List.of();

    @Override
    public Integer call() throws Exception {
        try (ServerClient client = server.client()) {
            JsonObject run = new RemoteRun(client, Time.system()).complete(tables);
            JsonObject outcomes = run.getJsonObject("tables");
            outcomes.keySet()
                    .forEach(table -> spec.commandLine()
                            .getOut()
                            .println("%-40s %s".formatted(table, RemoteRun.describe(outcomes.getJsonObject(table)))));
            return switch (run.getString("status")) {
                case "succeeded" -> 0;
                case "partial" -> ExitCode.PARTIAL;
                default -> ExitCode.FAILED;
            };
        }
    }
}
