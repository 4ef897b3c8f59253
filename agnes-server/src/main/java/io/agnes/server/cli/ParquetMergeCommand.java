// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.duckdb.DuckDbParquet;
import io.agnes.core.file.FileDigests;
import io.agnes.core.parquet.MergeOutcome;
import io.agnes.core.parquet.ParquetMerge;
import io.agnes.core.parquet.RewriteOutcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code agnes parquet merge}: merges files into one. */
@Command(
        name = "merge",
        mixinStandardHelpOptions = true,
        description = "Merges files by copying row groups. OUT is replaced in one step; an error leaves it unchanged.",
        exitCodeListHeading = ParquetCommand.EXIT_CODES,
        exitCodeList = {
            "0:OUT was written",
            ParquetCommand.UNREADABLE + ", or OUT cannot be written to its end",
            "3:nothing was written: the merge needs a rewrite, and --rewrite was not given",
            "4:nothing was written: a file is damaged, encrypted or not Parquet, or values have different"
                    + " meanings in the files",
            ParquetCommand.USAGE,
            "73:nothing was written: OUT is one of FILES, not a regular file, or in a folder that is not writable"
        })
final class ParquetMergeCommand implements Callable<Integer> {
    private static final long REWRITE_MEMORY_BYTES = 1L << 30;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private final ParquetInput input = new ParquetInput();

    @Mixin
    private final RuleOptions rules = new RuleOptions();

    @Option(
            names = "-o",
            paramLabel = "OUT",
            required = true,
            description = "the output file: a new name, or a regular file, which keeps its mode; not one of FILES")
    @SuppressWarnings("NullAway.Init")
    private String out;

    @Option(names = "--rewrite", description = "decode and write every row if the files cannot be copied")
    private boolean rewrite;

    @Override
    public Integer call() throws Exception {
        List<FileOnDemand> files = input.files();
        List<Path> paths = files.stream().map(FileOnDemand::path).toList();
        String making = "making " + CommandException.shown(out);
        try (OutputFile output = OutputFile.of(out, paths)) {
            MergeReport report = ParquetInput.guarded(making, files, parts -> {
                MergeOutcome outcome = ParquetMerge.plan(parts, rules.rules());
                MergeReport planned = MergeReport.of(outcome);
                if (outcome instanceof MergeOutcome.Mergeable mergeable) {
                    mergeable.plan().copyTo(parts, output.draft());
                    return planned.copied(
                            out, published(output), mergeable.plan().rows());
                }
                if (outcome instanceof MergeOutcome.NeedsRewrite && rewrite) {
                    return switch (DuckDbParquet.of(REWRITE_MEMORY_BYTES).rewrite(paths, output.draft())) {
                        case RewriteOutcome.Rewritten rewritten ->
                            planned.rewritten(out, published(output), rewritten.rows(), rewritten.notes());
                        case RewriteOutcome.Refused refused ->
                            MergeReport.of(new MergeOutcome.Refused(refused.reasons()))
                                    .notWritten(out);
                    };
                }
                return planned.notWritten(out);
            });
            spec.commandLine().getOut().println(input.json() ? report.json() : report.text());
            return report.exitCode();
        }
    }

    private static FileDigests published(OutputFile output) throws IOException, InterruptedException {
        FileDigests digests = FileDigests.of(output.draft());
        output.publish();
        return digests;
    }
}
