package io.agnes.core.parquet;

import io.agnes.core.composite.Part;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

/** How long a plan takes whose parts are local files. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class PlanBench {
    @Param({"64", "2000"})
    private int parts;

    private final List<Part> open = new ArrayList<>();

    @Setup
    public void open() throws IOException {
        for (int i = 0; i < parts; i++) {
            open.add(Part.of(Path.of(System.getProperty("agnes.bench.slices"), i + ".parquet")));
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
        return ParquetMerge.plan(open, MergeRules.standard().withoutShare());
    }
}
