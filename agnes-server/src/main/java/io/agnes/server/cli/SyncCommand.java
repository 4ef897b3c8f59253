// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.Time;
import io.agnes.core.sync.RunId;
import jakarta.json.JsonValue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code agnes sync}: starts, watches or cancels a run on the server. */
@Command(
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Starts a run on the server, waits for its end, and prints the outcome of each table.",
            "If another run is active, waits for that run. Ctrl-C ends the waiting, and the run continues."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            " 0:the run succeeded; with --no-wait it was started, with --cancel it was cancelled",
            " 1:the run failed, was cancelled or is unknown",
            " 2:some of its tables failed",
            "64:invalid arguments, or a refused address",
            "69:no server answers",
            "76:an answer of the server is malformed",
            "77:the server refuses the token, or no token is set"
        })
final class SyncCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Option(
            names = "--wait",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "wait for the end of the run (the default); --no-wait prints its id and ends")
    private boolean wait = true;

    @Option(names = "--run", paramLabel = "RUN", description = "watch this run instead of starting one")
    private @Nullable String watched;

    @Option(names = "--cancel", paramLabel = "RUN", description = "cancel this run instead of starting one")
    private @Nullable String cancelled;

    @Parameters(paramLabel = "TABLE", description = "ids or names of tables (all)")
    private List<String> tables = List.of();

    @Override
    public Integer call() throws Exception {
        if ((watched == null ? 0 : 1) + (cancelled == null ? 0 : 1) + (tables.isEmpty() ? 0 : 1) > 1) {
            throw new ParameterException(spec.commandLine(), "--run, --cancel and TABLE exclude each other");
        }
        try (ServerClient client = server.client()) {
            RemoteRun remote = new RemoteRun(client, Time.system());
            if (cancelled != null) {
                RunId run = id(cancelled);
                remote.cancel(run);
                print("run " + run + " is over");
                return 0;
            }
            return watched == null ? started(remote) : watch(remote, id(watched), List.of());
        }
    }

    private RunId id(String text) {
        return RunId.parse(text)
                .orElseThrow(() -> new ParameterException(spec.commandLine(), "a run is 16 hex digits"));
    }

    private int started(RemoteRun remote) throws InterruptedException {
        return switch (remote.begin(tables)) {
            case RemoteRun.TriggerResult.Started started -> {
                print("run " + started.run() + " started; agnes sync --cancel " + started.run() + " ends it");
                yield wait ? watch(remote, started.run(), List.of()) : 0;
            }
            case RemoteRun.TriggerResult.Busy busy -> {
                print("run " + busy.run() + " is at work since " + busy.startedAt()
                        + ", and no other was started; agnes sync --cancel " + busy.run() + " ends it");
                yield wait ? watch(remote, busy.run(), tables) : 0;
            }
        };
    }

    /**
     * Watches a run until it ends.
     *
     * @param wanted tables that the run may not include, because another request started it
     */
    private int watch(RemoteRun remote, RunId run, List<String> wanted) throws InterruptedException {
        Thread hook = new Thread(() -> tellRunContinues(run), "run-continues");
        Runtime.getRuntime().addShutdownHook(hook);
        StatusLine status = StatusLine.onStandardError(Time.system());
        Map<String, JsonValue> seen = new HashMap<>();
        try {
            RemoteRun.State end = remote.await(run, state -> tell(state, seen, status));
            print("run " + run + " " + end.status());
            return switch (end.status()) {
                case "succeeded" -> hasAll(run, wanted, seen) ? 0 : ExitCode.FAILED;
                case "partial" -> ExitCode.PARTIAL;
                default -> ExitCode.FAILED;
            };
        } catch (CommandException e) {
            if (e.code().equals("server_unreachable")) {
                tellRunContinues(run);
            }
            throw e;
        } finally {
            status.erase();
            removeHook(hook);
        }
    }

    private void tell(RemoteRun.State state, Map<String, JsonValue> seen, StatusLine status) {
        List<String> fresh = RemoteRun.fresh(state, seen);
        if (!fresh.isEmpty()) {
            status.erase();
            fresh.forEach(this::print);
        }
        if (!state.ended()) {
            status.show(state.now());
        }
    }

    private boolean hasAll(RunId run, List<String> wanted, Map<String, JsonValue> seen) {
        String missing =
                wanted.stream().filter(table -> !seen.containsKey(table)).collect(Collectors.joining(" "));
        if (!missing.isEmpty()) {
            complain("run " + run + ", which was at work already, has no outcome of: " + missing + "; sync again");
        }
        return missing.isEmpty();
    }

    private void tellRunContinues(RunId run) {
        complain("run " + run + " goes on; agnes sync --run " + run + " watches it, agnes sync --cancel " + run
                + " ends it");
    }

    private void complain(String sentence) {
        spec.commandLine().getErr().println("agnes: " + sentence);
        spec.commandLine().getErr().flush();
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            // The process is ending, and the hook is running already.
        }
    }

    private void print(String line) {
        spec.commandLine().getOut().println(line);
        spec.commandLine().getOut().flush();
    }
}
