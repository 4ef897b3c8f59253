// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import io.agnes.core.BenchOptions;
import io.agnes.core.BenchReport;
import io.agnes.core.composite.Part;
import io.agnes.core.table.FieldIdAllocation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * {@code ./agnes bench plan}: the time of a plan in a warm JVM, over local files in the page cache. A plan makes one read
 * from the end of each part and decodes and encodes every row group. The size of the parts does not matter, so the parts are
 * small. {@link MergeBench} measures the first plan of a process.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class PlanBench {
    private static final String SLICES = "agnes.bench.slices";
    private static final long DISK_BYTES = 500_000_000;
    private static final String DESCRIPTION =
            "What the plan of a merge of 64 and of 2,000 parts takes, with and without field ids, by JMH.";

    @Param({"64", "2000"})
    private int parts;

    /** Whether the merged file gets field ids. */
    @Param({"false", "true"})
    private boolean ids;

    private final List<Part> open = new ArrayList<>();

    @Setup
    public void open() throws IOException {
        for (int i = 0; i < parts; i++) {
            open.add(Part.of(WideSlices.file(Path.of(System.getProperty(SLICES)), i)));
        }
    }

    @TearDown
    public void close() throws IOException {
        for (Part part : open) {
            part.close();
        }
    }

    @Benchmark
    public MergeOutcome plan() throws IOException, InterruptedException {
        MergeOutcome outcome = ParquetMerge.plan(
                open, MergeRules.standard().withoutShare(), ids ? Optional.of(PlanBench::numbers) : Optional.empty());
        if (outcome instanceof MergeOutcome.Mergeable) {
            return outcome;
        }
        throw new IllegalStateException("not mergeable: " + outcome);
    }

    private static List<Integer> numbers(List<SchemaField> fields) {
        return FieldIdAllocation.of(Map.of(), fields).ids();
    }

    public static void main(String[] args) throws Exception {
        BenchOptions options = BenchOptions.parse("plan", DESCRIPTION, args);
        Path directory = BenchDirectory.create("plan", DISK_BYTES);
        System.out.println(BenchDirectory.machine());
        System.err.println("bench plan: writing 2000 slices, then half a minute of plans");
        WideSlices.write(directory, 2_000, WideSlices.SMALL_ROWS);
        BenchReport report = new BenchReport("plan");
        for (RunResult result : new Runner(jmh(directory, options.quick()).build()).run()) {
            Result<?> time = result.getPrimaryResult();
            boolean ids = Boolean.parseBoolean(result.getParams().getParam("ids"));
            String parts = result.getParams().getParam("parts") + (ids ? "_with_ids" : "");
            System.out.printf(
                    Locale.ROOT,
                    "%s parts: %.2f ± %.2f %s%n",
                    parts,
                    time.getScore(),
                    time.getScoreError(),
                    time.getScoreUnit());
            report.add("plan_" + parts + "_ms", time.getScore())
                    .add("plan_" + parts + "_error_ms", time.getScoreError());
        }
        report.print(System.out, options.json());
    }

    private static ChainedOptionsBuilder jmh(Path slices, boolean quick) {
        return new OptionsBuilder()
                .include(PlanBench.class.getName())
                .jvmArgs("-XX:+UseSerialGC", "-Xmx256m", "-D" + SLICES + "=" + slices)
                .verbosity(VerboseMode.SILENT)
                .forks(quick ? 1 : 2)
                .warmupIterations(quick ? 1 : 4)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(quick ? 3 : 5)
                .measurementTime(TimeValue.seconds(1));
    }
}
