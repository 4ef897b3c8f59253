// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.Secret;
import io.agnes.core.Time;
import io.agnes.core.file.FileStore;
import io.agnes.testkit.FakeKeboola;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code ./agnes bench crash}: a real server process over a fake Keboola whose six tables change before each run. Each
 * round registers a table, grants it, starts a run, and ends the process at a random moment of the run or at a step of
 * publishing. Then the server starts again in the same directory, and every acknowledged change and every served file
 * is checked through HTTP and on the disk.
 */
@Command(
        name = "agnes bench crash",
        mixinStandardHelpOptions = true,
        description = "Kills a running server, and checks its data afterwards.")
final class CrashBench implements Callable<Integer> {
    static final int TABLES = 6;

    /** Every step of publishing, before and after it, with the names of the server's failpoints. */
    private static final List<String> STEPS = List.of(
            "finish",
            "finish+",
            "sync",
            "sync+",
            "rename",
            "rename+",
            "syncdir",
            "syncdir+",
            "copy",
            "copy+",
            "delete");

    private static final Duration LONGEST_RUN = Duration.ofMillis(600);
    private static final Duration LONGEST_AIM = Duration.ofSeconds(5);

    /** The exit code of a process that reached its failpoint. */
    private static final int AT_THE_STEP = 137;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--kills", paramLabel = "N", description = "rounds (${DEFAULT-VALUE})")
    private int kills = 100;

    @Option(names = "--seed", paramLabel = "N", description = "of the random moments (${DEFAULT-VALUE})")
    private long seed = 1;

    @Option(names = "--json", paramLabel = "FILE", description = "write the numbers there too")
    private @Nullable Path json;

    private final Time time = Time.system();
    private final Program program = Program.ofLauncher();
    /** The durations of starts without a failpoint; a server with a failpoint has no start-up cache. */
    private final List<ServerProcess.Start> starts = new ArrayList<>();

    /** Runs the benchmark with the options of the command line. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new CrashBench()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        Path directory = Files.createTempDirectory("agnes-crash-");
        Random random = new Random(seed);
        FakeKeboola keboola = FakeKeboola.builder().sliceRows(50).jobPolls(0).start();
        try (FakeProject project = new FakeProject(keboola, directory, time)) {
            CrashWitness witness = new CrashWitness(keboola, project.data(), directory.resolve("copy"));
            Secret token = firstStart(project, witness);
            for (int round = 1; round <= kills; round++) {
                round(project, witness, token, random);
                tell(round, witness);
            }
            check(project, witness, token);
            report(witness);
            return witness.corrupt() + witness.lost() + (witness.leftoverBytes() > 0 ? 1 : 0) == 0
                    ? 0
                    : ExitCode.FAILED;
        } finally {
            FileStore.system().deleteTree(directory);
        }
    }

    private Secret firstStart(FakeProject project, CrashWitness witness) throws Exception {
        try (ServerProcess server = project.start(program)) {
            server.awaitReady();
            Secret token = project.firstToken();
            try (ServerClient client = new ServerClient(server.address(), token)) {
                witness.setUp(client);
            }
            return token;
        }
    }

    private void round(FakeProject project, CrashWitness witness, Secret token, Random random) throws Exception {
        boolean aimed = random.nextBoolean();
        Program started = aimed
                ? program.withFailpoint(STEPS.get(random.nextInt(STEPS.size())) + ":" + (1 + random.nextInt(TABLES)))
                : program;
        try (ServerProcess server = project.start(started)) {
            if (endsWhileStarting(server, aimed)) {
                return;
            }
            try (ServerClient client = new ServerClient(server.address(), token)) {
                witness.check(client);
                witness.change(random);
                witness.acknowledge(client);
                long moment = aimed ? LONGEST_AIM.toMillis() : random.nextLong(LONGEST_RUN.toMillis());
                for (long waited = 0; waited < moment && server.isAlive(); waited += 5) {
                    time.sleep(Duration.ofMillis(5));
                    if (aimed && !witness.running(client)) {
                        break;
                    }
                }
            } catch (CommandException killed) {
                if (!server.ended(LONGEST_AIM)) {
                    throw killed;
                }
            }
            server.kill();
        }
    }

    /** The sweep at the start makes the same steps, so a kill may happen there. */
    private boolean endsWhileStarting(ServerProcess server, boolean aimed) throws Exception {
        try {
            ServerProcess.Start start = server.awaitReady();
            if (!aimed) {
                starts.add(start);
            }
            return false;
        } catch (CommandException notUp) {
            if (aimed && server.ended(Duration.ZERO) && server.exitCode() == AT_THE_STEP) {
                return true;
            }
            throw notUp;
        }
    }

    private void check(FakeProject project, CrashWitness witness, Secret token) throws Exception {
        try (ServerProcess server = project.start(program)) {
            starts.add(server.awaitReady());
            try (ServerClient client = new ServerClient(server.address(), token)) {
                witness.check(client);
                witness.recover(client);
            }
        }
    }

    private void tell(int round, CrashWitness witness) {
        if (round % 20 == 0) {
            PrintWriter out = spec.commandLine().getOut();
            out.println(round + " kills, " + witness);
            out.flush();
        }
    }

    private void report(CrashWitness witness) throws Exception {
        new BenchReport("crash")
                .add("kills", kills)
                .add("corrupt", witness.corrupt())
                .add("lost", witness.lost())
                .add("ready_p50_s", percentile(0.5, ServerProcess.Start::seconds))
                .add("ready_p99_s", percentile(0.99, ServerProcess.Start::seconds))
                .add("ready_max_s", percentile(1, ServerProcess.Start::seconds))
                .add("ready_p99_unstolen_s", percentile(0.99, ServerProcess.Start::unstolenSeconds))
                .add("leftover_bytes", witness.leftoverBytes())
                .add("published", witness.published())
                .add("seed", seed)
                .print(spec.commandLine().getOut(), json);
    }

    private double percentile(double share, ToDoubleFunction<ServerProcess.Start> seconds) {
        double[] sorted = starts.stream().mapToDouble(seconds).sorted().toArray();
        return sorted[(int) Math.ceil(sorted.length * share) - 1];
    }
}
