package io.agnes.server.cli;

import io.agnes.core.Secret;
import io.agnes.core.Time;
import io.agnes.core.file.FileStore;
import io.agnes.testkit.FakeKeboola;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code agnes bench crash}: a real server process over a fake Keboola whose six tables change before each run. Each
 * round registers a table, grants it, starts a run, and ends the process: at a random moment of the run, or at a step of
 * publishing. Then the server is started again over the same directory, and everything that it had acknowledged and
 * everything that it now serves is checked through HTTP and on the disk.
 */
@Command(
        name = "crash",
        mixinStandardHelpOptions = true,
        description = "Kills the server in the middle of its work, and checks what is there afterwards.")
final class CrashBench implements Callable<Integer> {
    static final int TABLES = 6;

    /** Every step of publishing, before and after; {@link io.agnes.server} has the list. */
    private static final List<String> STEPS = List.of(
            "finish",
            "finish+",
            "sync",
            "sync+",
            "rename",
            "rename+",
            "syncdir",
            "syncdir+",
            "link",
            "link+",
            "delete");

    private static final Duration LONGEST_RUN = Duration.ofMillis(600);
    private static final Duration LONGEST_AIM = Duration.ofSeconds(5);
    private static final double PERCENTILE = 0.99;

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
    private final List<Double> readySeconds = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        Path directory = Files.createTempDirectory("agnes-crash-");
        Random random = new Random(seed);
        try (FakeKeboola keboola =
                FakeKeboola.builder().sliceRows(50).jobPolls(0).start()) {
            CrashWitness witness = new CrashWitness(keboola, directory.resolve("data"), directory.resolve("copy"));
            Secret token = firstStart(directory, keboola, witness);
            for (int round = 1; round <= kills; round++) {
                round(directory, keboola, witness, token, random);
                tell(round, witness);
            }
            check(directory, keboola, witness, token);
            report(witness);
            return witness.corrupt() + witness.lost() + (witness.leftoverBytes() > 0 ? 1 : 0) == 0
                    ? 0
                    : ExitCode.FAILED;
        } finally {
            FileStore.system().deleteTree(directory);
        }
    }

    private Secret firstStart(Path directory, FakeKeboola keboola, CrashWitness witness) throws Exception {
        Path log = directory.resolve("log");
        try (ServerProcess server = start(directory, keboola, List.of())) {
            server.awaitReady();
            String first = firstLine(log);
            Secret token = Secret.of(first.substring(first.indexOf("agn_")));
            try (ServerClient client = new ServerClient(server.address(), token)) {
                witness.setUp(client);
            }
            return token;
        }
    }

    /** The token is printed once the server listens, so a moment after it is ready. */
    private String firstLine(Path log) throws IOException, InterruptedException {
        long start = time.nanos();
        while (time.since(start).compareTo(LONGEST_AIM) < 0) {
            for (String line : Files.readAllLines(log)) {
                if (line.contains("agn_")) {
                    return line;
                }
            }
            time.sleep(Duration.ofMillis(10));
        }
        throw CommandException.wrong("the first start printed no token");
    }

    private ServerProcess start(Path directory, FakeKeboola keboola, List<String> options) throws Exception {
        Map<String, String> environment = new HashMap<>();
        environment.put("KEBOOLA_STACK_URL", keboola.stackUrl().toString());
        environment.put("KEBOOLA_STORAGE_TOKEN", keboola.token());
        environment.put(
                "AGNES_KEBOOLA_STORAGE_ENDPOINT", keboola.storageEndpoint().toString());
        environment.put("AGNES_KEBOOLA_POLL_INTERVAL_SEC", "1");
        return ServerProcess.start(
                directory.resolve("data"), option -> true, options, environment, directory.resolve("log"), time);
    }

    private void round(Path directory, FakeKeboola keboola, CrashWitness witness, Secret token, Random random)
            throws Exception {
        boolean aimed = random.nextBoolean();
        List<String> options = aimed
                ? List.of("-Dagnes.failpoint=" + STEPS.get(random.nextInt(STEPS.size())) + ":"
                        + (1 + random.nextInt(TABLES)))
                : List.of();
        try (ServerProcess server = start(directory, keboola, options)) {
            readySeconds.add(server.awaitReady().toNanos() / 1e9);
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

    private void check(Path directory, FakeKeboola keboola, CrashWitness witness, Secret token) throws Exception {
        try (ServerProcess server = start(directory, keboola, List.of())) {
            readySeconds.add(server.awaitReady().toNanos() / 1e9);
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
        List<Double> sorted = readySeconds.stream().sorted().toList();
        new BenchReport("crash")
                .add("kills", kills)
                .add("corrupt", witness.corrupt())
                .add("lost", witness.lost())
                .add("ready_p99_s", sorted.get((int) Math.ceil(sorted.size() * PERCENTILE) - 1))
                .add("leftover_bytes", witness.leftoverBytes())
                .add("published", witness.published())
                .add("seed", seed)
                .print(spec.commandLine().getOut(), json);
    }
}
